"""One request uses no minutes of CPU time (item 2): text bombs in every field of every route, and their cost."""

import json
import time

# In debug builds. A sign-up may hash a password: 0.4 s there.
MOST_CPU_SECONDS = 2.0
# Nearly the longest body that a route accepts: 256 kB.
BOMB_BYTES = 240_000
# A roster may have 4 MB; this one has 239 kB, like the one that once took 9.3 s.
ROSTER_BYTES = 239_000
# Lengths that fit into fields with a limit.
ACCEPTED_LENGTHS = (120, 20)

PLAUSIBLE = {
    "email": "bomb@evil.example",
    "password": "Violet-Lantern-77",
    "portal": "photographer",
    "date": "2026-12-01",
    "kind": "fall",
    "time_zone": "America/Denver",
    "target": "hosted",
    "code": "123456",
    "scopes": ["read"],
    "document": "parent_access",
    "role": "teacher",
    "classes": ["3A"],
    "content_type": "image/jpeg",
    "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "bytes": 100,
    "name": "A name",
    "issuer": "https://token.actions.githubusercontent.com",
    "camera": "Camera A",
    "method": "totp",
}


def bomb(length):
    half = max(1, length // 3)
    return ("<" * half + "b>" * half)[:length].ljust(length, ">")


class Description:
    """Reads `/v1/openapi.json` to find the requests that can be sent."""

    def __init__(self, world):
        self.document = world.owner.read("/v1/openapi.json")

    def _schema(self, schema):
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for several in ("oneOf", "anyOf"):
            if several in schema:
                named = [one for one in schema[several] if one.get("type") != "null"]
                return self._schema(named[0])
        if "allOf" in schema:
            merged = {"type": "object", "properties": {}}
            for part in map(self._schema, schema["allOf"]):
                merged["properties"].update(part.get("properties", {}))
            return merged
        return schema

    def example(self, schema, name=""):
        """Returns a value that a route may accept, with a text in every text field."""
        schema = self._schema(schema)
        kinds = schema.get("type", "object")
        kind = next((it for it in kinds if it != "null"), None) if isinstance(kinds, list) else kinds
        if name in PLAUSIBLE:
            return PLAUSIBLE[name]
        if "enum" in schema:
            return schema["enum"][0]
        if kind == "object":
            return {key: self.example(value, key) for key, value in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.example(schema.get("items", {}), name)]
        return {"string": "text", "integer": 1, "boolean": True}.get(kind)

    def writes(self):
        """Yields every route that takes JSON, with an example of its body."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                content = operation.get("requestBody", {}).get("content", {})
                if method in ("post", "put", "patch") and "application/json" in content:
                    yield method.upper(), path, self.example(content["application/json"].get("schema", {}))


def texts(value, at=()):
    """Yields the position of every text in a body."""
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts(part, (*at, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from texts(part, (*at, index))


def replaced(value, at, text):
    if not at:
        return text
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(copy[at[0]], at[1:], text)
    return copy


def measured(world, what, size, act):
    """Measures what a request costs the process; returns a row of the table."""
    runner = world.runner
    runner.forget_peak()
    before, began = runner.cpu_seconds(), time.time()
    answer = act()
    cpu = runner.cpu_seconds() - before
    return what, size, answer.status, cpu, runner.memory("VmHWM"), time.time() - began


def _filled(world, path):
    ids = {"school": world.school.id, "day": world.school.day, "district": world.school.district}
    ids |= {"student": world.school.students[0]["id"], "import": world.school.roster}
    for name in ("school", "day", "district", "student", "import"):
        path = path.replace("{" + name + "}", ids[name])
    return path.replace("{", "").replace("}", "")


def a_text_bomb_in_any_field_burns_no_processor(world):
    lines, fields, broken = [], 0, []
    # A separate photographer, because accepted input changes their data.
    caller = world.attacker
    for method, path, example in Description(world).writes():
        of_route = []
        for at in texts(example):
            fields += 1
            for length in (BOMB_BYTES, *ACCEPTED_LENGTHS):
                body = json.dumps(replaced(example, at, bomb(length))).encode()
                what = f"{method} {path} {'.'.join(map(str, at))}"

                def send():
                    return caller.call(method, _filled(world, path), body, keep=False)

                line = measured(world, what, len(body), send)
                of_route.append(line)
                if line[2] >= 500 or line[2] == 0:
                    broken.append(f"{what}: {line[2]}")
        if of_route:
            accepted = [line for line in of_route if line[2] < 300]
            lines.append(max(of_route, key=lambda line: line[3]))
            if accepted:
                world.table.append(max(accepted, key=lambda line: line[3]))
    worst = max(lines, key=lambda line: line[3])
    is_refused = worst[3] < MOST_CPU_SECONDS and not broken
    return is_refused, f"{fields} fields, worst {worst[3]:.2f} s CPU at {worst[0]}, broken: {broken[:3]}"


def _roster(world, what, cells):
    head = "Student ID,First Name,Last Name,Class\n"
    rows, size, number = [], 0, 5000
    while size < ROSTER_BYTES:
        row = f"{number},{cells[0]},{cells[1]},{cells[2]}\n"
        rows.append(row)
        size, number = size + len(row), number + 1
    body = (head + "".join(rows)).encode()
    path = f"/v1/schools/{world.school.id}/roster-imports"
    return measured(world, what, len(body), lambda: world.owner.call("POST", path, body, "text/csv"))


def a_roster_of_bombs_burns_no_processor(world):
    long, short = bomb(ROSTER_BYTES - 200), bomb(90)
    lines = [
        _roster(world, "roster: one given name", (long, "b", "3A")),
        _roster(world, "roster: one class", ("a", "b", long)),
        _roster(world, "roster: every name", (short, short, "3A")),
        _roster(world, "roster: every class", ("a", "b", short)),
    ]
    world.table += [line for line in lines if line[2] < 300]
    worst = max(lines, key=lambda line: line[3])
    return worst[3] < 2 * MOST_CPU_SECONDS, f"worst {worst[3]:.2f} s CPU ({worst[0]}, {worst[2]})"


def a_file_name_of_bombs_burns_no_processor(world):
    files = [{"name": bomb(2300) + ".jpg", "bytes": 9, "sha256": PLAUSIBLE["sha256"]} for _ in range(100)]
    body = json.dumps({"camera": "Camera A", "files": files}).encode()
    path = f"/v1/picture-days/{world.school.day}/uploads"
    line = measured(world, "100 file names", len(body), lambda: world.owner.call("POST", path, body))
    world.table.append(line)
    return line[3] < 2 * MOST_CPU_SECONDS, f"{line[3]:.2f} s CPU, {line[2]}"


def print_table(table):
    print(f"\n{'worst accepted input':64} {'bytes':>10} {'status':>6} {'CPU s':>6} {'peak MB':>8}")
    for what, size, status, cpu, peak, _ in table:
        print(f"{what:64} {size:10} {status:6} {cpu:6.2f} {peak:8.0f}")
    print()


ATTACKS = [
    a_text_bomb_in_any_field_burns_no_processor,
    a_roster_of_bombs_burns_no_processor,
    a_file_name_of_bombs_burns_no_processor,
]
