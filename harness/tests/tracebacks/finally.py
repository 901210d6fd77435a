def outer():
    def inner():
        raise RuntimeError from None
    try:
        inner()
    finally:
        print("cleanup")
outer()
