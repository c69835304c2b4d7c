"""Single sign-on: a provider of OpenID Connect says who somebody is; what they may do is said here."""
