from __future__ import annotations

import pytest
from keymock.testing import Mocks
from shop import Shop, SoldOut


def test_an_order_is_paid(keymock: Mocks) -> None:
    shop = Shop(keymock.url)
    order = shop.order("hat", count=2)
    assert shop.pay(order, 42.5) == "paid"
    keymock.verify("POST", "/orders", times=1, json={"sku": "hat", "count": 2})
    keymock.verify_order(("POST", "/orders"), ("POST", "/orders/:id/payments"))


def test_what_is_sold_out_is_told(keymock: Mocks) -> None:
    with pytest.raises(SoldOut):
        Shop(keymock.url).order("unicorn")


def test_a_busy_server_is_asked_once_more(keymock: Mocks) -> None:
    keymock.override("orders/create-order", status=503, times=1)
    assert Shop(keymock.url).order("hat") == 1044
    keymock.verify("POST", "/orders", times=2)
