from pellucid.inspection.lines import Section, says, together


def test_lines_hold_statements_with_results_in_full():
    first = says("a", "1/3", "0.3333", value=1 / 3)
    second = says("b", "0", value=0.0, remark="nothing")
    line = together(first, second)
    assert [statement.parts[0] for statement in line.statements] == ["a", "b"]
    assert line.statements[0].value == 1 / 3
    assert line.remark == "nothing"
    assert Section("Title", (line,)).rule == ""
