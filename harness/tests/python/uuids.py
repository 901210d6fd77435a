import uuid

known = uuid.UUID("12345678-1234-5678-1234-567812345678")
print(known, repr(known))
print(known.hex, known.int, known.bytes, known.urn, known.version)
print(uuid.UUID(int=7), uuid.UUID(bytes=b"\x01" * 16), uuid.UUID("{12345678123456781234567812345678}"))
print(known == uuid.UUID(hex="12345678123456781234567812345678"), known == str(known), known != uuid.UUID(int=1))
print(uuid.UUID(int=1) < uuid.UUID(int=2), sorted([uuid.UUID(int=3), uuid.UUID(int=2)]))
print(len({uuid.UUID(int=5), uuid.UUID(int=5)}), {known: "x"}[uuid.UUID(str(known))])
print(uuid.UUID(int=0, version=4), uuid.NAMESPACE_DNS)
made = uuid.uuid4()
print(made.version, len(str(made)), made != uuid.uuid4(), isinstance(made, uuid.UUID), uuid.UUID(str(made)) == made)
for wrong in ("x", "g" * 32):
    try:
        uuid.UUID(wrong)
    except ValueError as error:
        print(error)
try:
    uuid.UUID()
except TypeError as error:
    print(error)
try:
    uuid.UUID(int=2**128)
except ValueError as error:
    print(error)
print("%s" % known, f"{known!s:>40}|")
