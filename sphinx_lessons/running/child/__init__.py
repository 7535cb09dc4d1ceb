"""What runs outside the building process, in processes of its own.

Plain files that need nothing but the standard library (sessions: IPython as well), because the
interpreter that runs lessons may be one in which this project is not installed. They are started by
path (``__main__.py``) and import each other relatively.

    supervisor ── keeper ── program          one keeper per running program (see ``keeper.py``)
        └──────── zygote ── keeper ── program   the same, forked from a process that is warm
"""
