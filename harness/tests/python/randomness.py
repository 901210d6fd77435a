import random

random.seed(42)
print(random.random(), random.randint(1, 6), random.randrange(10), random.randrange(0, 100, 5), random.choice("abcdef"))
items = list(range(10))
random.shuffle(items)
print(items, random.sample(range(20), 5), random.sample(range(1000), 3), random.choices([1, 2, 3], k=4), random.uniform(1, 2), random.getrandbits(16), random.getrandbits(40))
random.seed(0)
print([random.random() for _ in range(3)])
own = random.Random(7)
print(own.random(), own.randint(1, 100), own.choice([1, 2, 3]))
random.seed(2**70)
print(random.random(), random.randint(-5, 5))
