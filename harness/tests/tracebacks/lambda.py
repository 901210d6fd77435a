lambda_ = lambda q: q.foo.bar
lambda_(3)
