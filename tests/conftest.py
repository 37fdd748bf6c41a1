"""Its lying here puts this folder on the import path of every test below it: they share `tree_answers`."""
