"""`keymock fmt`: canonical form, comments kept; what one may not change stays."""

from __future__ import annotations

from prompt import Shell

UGLY = '# why\n[response]\nstatus=200 # fine\n[request]\npath   =   "/ugly"\r\n'
PRETTY = '# why\n[request]\npath = "/ugly"\n\n[response]\nstatus = 200  # fine\n'


def test_files_are_put_in_order(shop: Shell) -> None:
    file = shop.put("workspace/mocks/ugly.toml", UGLY)
    assert (shop("fmt", "--check").code, file.read_text()) == (1, UGLY.replace("\r\n", "\n"))
    done = shop("fmt")
    assert (done.code, done.out) == (0, "formatted  workspace/mocks/ugly.toml\n")
    assert "# fine" in file.read_text()
    assert b"\r" not in file.read_bytes()
    assert (shop("fmt").out, shop("fmt", "--check").code) == ("", 0)
    assert shop("fmt").err.startswith("nothing to do: ")
    assert shop("fmt", "-q").err == ""


def test_json_names_what_changed(shop: Shell) -> None:
    shop.put("workspace/mocks/ugly.toml", UGLY)
    assert shop("fmt", "--check", "--json").json == {"changed": ["workspace/mocks/ugly.toml"]}


def test_what_one_may_not_change_is_left(shop: Shell) -> None:
    file = shop.put("projects/shop/mocks/ugly.toml", UGLY)
    done = shop("fmt", "--as", "una@example.com")
    assert (done.code, done.out) == (0, "")
    assert "left as they are: 1 file that you may not change" in done.err
    assert file.read_bytes() == UGLY.encode()
    assert shop("fmt", "--as", "ada@example.com").out == "formatted  projects/shop/mocks/ugly.toml\n"


def test_a_broken_file_is_named_and_the_rest_goes_on(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", "[request\n")
    shop.put("workspace/mocks/ugly.toml", UGLY)
    done = shop("fmt")
    assert done.code == 1
    assert "formatted  workspace/mocks/ugly.toml" in done.out
    assert "workspace/mocks/broken.toml:1:" in done.out


def test_settings_and_defaults_are_files_too(shop: Shell) -> None:
    shop.put("keymock.toml", "port=9000\nname='acme'\n")
    assert shop("fmt", "--as", "ops@example.com").out == "formatted  keymock.toml\n"
    assert (shop.folder / "keymock.toml").read_text() == "name = 'acme'\nport = 9000\n"


def test_presets_are_put_into_form_too(shop: Shell) -> None:
    file = shop.put("projects/shop/presets/down.toml", '[use]\n"get-user"   =   "off"\n')
    assert shop("fmt").code == 0
    assert file.read_text() == '[use]\nget-user = "off"\n'
