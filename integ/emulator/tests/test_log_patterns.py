import unittest

from provisioners.log_patterns import PatternError, compile_pattern

LINE = '2 111111111111 eni-1 10.0.0.1 10.0.0.2 50000 22 6 1 40 1900000000 1900000060 REJECT OK'
NAMES = "version, account, interface, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end"


class Patterns(unittest.TestCase):
    def test_fields_are_named_in_their_order(self) -> None:
        found = compile_pattern(f'[{NAMES}, action="REJECT", status]')(LINE)
        assert found
        self.assertEqual((found["srcaddr"], found["dstport"], found["action"], found["status"]), ("10.0.0.1", "22", "REJECT", "OK"))
        self.assertIsNone(compile_pattern(f'[{NAMES}, action="ACCEPT", status]')(LINE))

    def test_the_number_of_fields_counts(self) -> None:
        self.assertIsNone(compile_pattern(f"[{NAMES}, action]")(LINE))
        self.assertIsNone(compile_pattern(f"[{NAMES}, action, status, more]")(LINE))
        self.assertEqual(compile_pattern("[version, ..., action = REJECT, status]")(LINE), {"version": "2", "action": "REJECT", "status": "OK"})
        self.assertEqual(compile_pattern("[version = 2, ...]")(LINE), {"version": "2"})
        self.assertEqual(compile_pattern("[a, ..., b]")("1 2"), {"a": "1", "b": "2"})
        self.assertIsNone(compile_pattern("[a, ..., b]")("1"))

    def test_each_condition(self) -> None:
        for condition, matches in {
            "f = 22": True, "f=022": True, 'f = "022"': False, "f = 2*": True, "f = *3": False, "f != 22": False, "f != 2*": False, "f != x": True,
            "f > 21": True, "f > 22": False, "f >= 22": True, "f < 23": True, "f <= 21": False, "f = 22 || f = 3389": True, "f = 3389 || f = 23": False,
            "f > 20 && f < 30": True, "f > 20 && f != 22": False, "f = 1 || f > 20 && f < 30": True,
        }.items():
            self.assertEqual(compile_pattern(f"[{condition}]")("22") is not None, matches, condition)

    def test_text_is_compared_as_it_is(self) -> None:
        self.assertIsNone(compile_pattern("[f > 1]")("-"))
        self.assertEqual(compile_pattern("[f = 10.0.*]")("10.0.0.1"), {"f": "10.0.0.1"})
        self.assertIsNone(compile_pattern("[f = reject]")("REJECT"))
        self.assertIsNone(compile_pattern('[f = "a?c"]')("abc"))
        self.assertEqual(compile_pattern('[f = "a, b", g]')('"a, b" [x y]'), {"f": "a, b", "g": "x y"})

    def test_terms(self) -> None:
        for pattern, matches in {"": True, "REJECT": True, "reject": False, "REJECT OK": True, "REJECT -OK": False, '"6 1"': True,
                                 "?ACCEPT ?REJECT": True, "?ACCEPT": False}.items():
            self.assertEqual(compile_pattern(pattern)(LINE) is not None, matches, pattern)

    def test_what_it_can_not_read_is_told(self) -> None:
        for pattern, reason in {
            '{ $.a = "b" }': "neither JSON nor regular", "[a = %x%]": "regular expressions", "[a, b": "Invalid metric filter", "[a b]": "in the field: a b",
            "[..., a, ...]": "more than once", "[a = 1 && b = 2]": "several names", "[a > x]": "compares numbers",
        }.items():
            with self.subTest(pattern), self.assertRaisesRegex(PatternError, reason):
                compile_pattern(pattern)
