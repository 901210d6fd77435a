class Foo:
    abc = 1
def main():
    value = 3
    print(valu)
main()
