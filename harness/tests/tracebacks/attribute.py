x = [1, 2, 3]
x.apend(4)
