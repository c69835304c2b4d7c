"""Faults: killed processes, power cuts, disks that fail or fill up, files that rot.

Every round has the same oracle. What was acknowledged is there; nothing is there twice; nothing is
there that was never sent; every row is as it was sent. The oracle runs in a process of its own
and reads only as any reader does. Then the same work is done again, undisturbed, and exactly what was
sent must be there.
"""
