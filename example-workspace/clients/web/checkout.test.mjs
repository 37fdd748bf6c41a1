import assert from "node:assert/strict";
import { beforeEach, afterEach, test } from "node:test";
import { Checkout } from "./checkout.mjs";
import { connect } from "./keymock.mjs";

let mocks, checkout;

beforeEach((context) => {
  mocks = connect().session(`checkout ${context.name}`);
  checkout = new Checkout(mocks.urlOf(process.env.KEYMOCK_URL_ORDERS));
});

afterEach(async () => {
  await mocks.verifyAllMatched();
  await mocks.end();
});

test("a cart that is paid stays paid", async () => {
  assert.equal(await checkout.state(), "cart");
  const payment = await checkout.pay(42.5);
  assert.match(payment, /^[0-9a-f-]{36}$/);
  assert.equal(await checkout.state(), "paid");
  await mocks.verify("POST", "/checkout/payment", { times: 1, json: { amount: 42.5 } });
});

test("a payment that is refused is an error", async () => {
  await mocks.override("checkout/pay", { status: 402, json: { error: "declined" } });
  await assert.rejects(checkout.pay(42.5), /402/);
});
