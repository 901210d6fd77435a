import re

print(re.sub(r"(?<!^)(?=[A-Z])", "_", "CamelCaseName").lower())
print(re.sub("(.)([A-Z][a-z]+)", r"\1_\2", "BlogPostTag"))
print(re.findall(r"(\w)\1", "aabbcd"), re.search(r"(?P<quote>['\"]).*?(?P=quote)", "say 'hi' now").group())
print(re.findall(r"\d+(?= kg)", "3 kg, 4 m, 15 kg"), re.findall(r"(?<=#)\w+", "#red and #blue"), re.findall(r"\b(?!not)\w+", "not this"))
print(re.split(r"(?<=,)\s*", "a, b,c"), re.split(r"[;,]\s*", "a; b,c"))
print(re.match(r"(\d{4})-(\d\d)", "2024-05-01").groups(), re.fullmatch(r"[a-z]+", "abc1"))
print([found.span() for found in re.finditer("o", "foo boo")], re.sub("o", lambda found: found.group().upper(), "foo", count=1))
pattern = re.compile(r"(?P<name>\w+)@(?P<host>[\w.]+)", re.IGNORECASE)
print(pattern.search("to Ann@Example.com").groupdict(), pattern.groups)
