"""The pages and the HTTP interface: a Django project, one app for each area of the product."""
