class Foo:
    abc = 1
data = {"a": [1, 2]}
def go():
    for i in range(3):
        x = [data["a"][j] for j in range(3)]
go()
