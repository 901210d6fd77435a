def main():
    x = dict(
        a=1,
        b=int("q"),
    )
main()
