"""ask HOST:PORT [FIELD=VALUE…]: one quote, as JSON. Fields as in the protocol, e.g. driver_age=22 plan=PLAN_FULL."""

from __future__ import annotations

import sys

import grpc
from google.protobuf.json_format import MessageToJson, ParseDict, ParseError

from carsharing.coverage.v1 import coverage_fee_pb2 as pb
from carsharing.coverage.v1 import coverage_fee_pb2_grpc as pb_grpc

USUAL = {
    "driver_age": 34,
    "years_licensed": 9,
    "car_class": "CAR_CLASS_MIDSIZE",
    "minutes": 240,
    "expected_km": 60,
    "plan": "PLAN_STANDARD",
}


def main(target: str, fields: list[str]) -> None:
    asked = USUAL | dict(it.split("=", 1) for it in fields)
    try:
        request = ParseDict(asked, pb.QuoteRequest())
    except ParseError as e:
        sys.exit(f"this is no request: {e}")
    with grpc.insecure_channel(target) as channel:
        try:
            print(MessageToJson(pb_grpc.CoverageFeeStub(channel).Quote(request, timeout=10), indent=None))
        except grpc.RpcError as e:
            sys.exit(f"{e.code().name}: {e.details()}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
