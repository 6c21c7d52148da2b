"""What the owner has chosen: settings["name"]. Checking, reading and writing it is in
settings_file.py, which is loaded for that and let go again."""

from app.rare import forget


class Settings:
    """Every key of settings_file.defaults() has a value of its type. `values` also keeps what another
    version has stored; `problems` says what was wrong with the file."""

    def __init__(self, folder: str):
        """Read folder/settings.json; never fails on what is in it."""
        self.path = folder + "/settings.json"
        self.problems = []
        from app import settings_file

        self.values = settings_file.load(self.path, self.problems)
        forget("app.settings_file")

    def __getitem__(self, key: str):
        """The value of a key. KeyError for what is no setting."""
        return self.values[key]

    def change(self, changes: dict) -> None:
        """Check all, then store all. ValueError says what is wrong with which; OSError when the
        flash is full or gone. In both cases everything is as before."""
        from app import settings_file

        try:
            self.values = settings_file.store(self.path, self.values, changes)
        finally:
            forget("app.settings_file")
