import_me = 1
class E(Exception):
    pass
def gen():
    yield 1
    raise E("in gen", 5)
def use():
    return [x for x in gen()]
with_note = None
try:
    use()
except E as e:
    e.add_note("a note")
    raise
finally:
    print("fin")
