using System.Globalization;

namespace Mesh.Simulation;

/// <summary>
/// Reads <c>a=b,c!=d,e in (f,g),h notin (i),j,!k,l&gt;1</c>: the grammar of
/// <c>k8s.io/apimachinery/pkg/labels</c>, with its messages.
/// </summary>
internal ref struct LabelSelectorParser
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private LabelSelectorParser(string text) => _text = text;

    public static LabelSelector Parse(string text) =>
        string.IsNullOrWhiteSpace(text) ? LabelSelector.Everything : new LabelSelector(new LabelSelectorParser(text).Requirements());

    private List<LabelRequirement> Requirements()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(Requirement());
            var next = Token();
            if (next.Length == 0) return requirements;
            if (next != ",") throw Refuse.BadRequest($"found '{next}', expected: ',' or 'end of string'");
        }
    }

    private LabelRequirement Requirement()
    {
        var key = Token();
        if (key == "!") return new LabelRequirement(Key(Token()), LabelOperator.DoesNotExist, []);
        Key(key);
        var before = _at;
        switch (Token())
        {
            case "" or ",":
                _at = before;
                return new LabelRequirement(key, LabelOperator.Exists, []);
            case "=" or "==":
                return new LabelRequirement(key, LabelOperator.In, [Value()]);
            case "!=":
                return new LabelRequirement(key, LabelOperator.NotIn, [Value()]);
            case "in":
                return new LabelRequirement(key, LabelOperator.In, Values());
            case "notin":
                return new LabelRequirement(key, LabelOperator.NotIn, Values());
            case ">":
                return new LabelRequirement(key, LabelOperator.GreaterThan, [Number()]);
            case "<":
                return new LabelRequirement(key, LabelOperator.LessThan, [Number()]);
            case var other:
                throw Refuse.BadRequest($"unable to parse requirement: found '{other}', expected: in, notin, =, ==, !=, gt, lt");
        }
    }

    private static string Key(string key) =>
        NameRules.QualifiedNameProblem(key) is { } problem
            ? throw Refuse.BadRequest($"unable to parse requirement: <nil>: Invalid value: \"{key}\": {problem}")
            : key;

    private string Value()
    {
        var before = _at;
        var value = Token();
        if (value is "" or ",")
        {
            _at = before;
            return "";
        }

        return Checked(value);
    }

    private static string Checked(string value) =>
        NameRules.LabelValueProblem(value) is { } problem
            ? throw Refuse.BadRequest($"unable to parse requirement: values[0][]: Invalid value: \"{value}\": {problem}")
            : value;

    private string Number()
    {
        var value = Token();
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? value
            : throw Refuse.BadRequest($"unable to parse requirement: values[0][]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private List<string> Values()
    {
        if (Token() is var open and not "(") throw Refuse.BadRequest($"unable to parse requirement: found '{open}' expected: '('");
        var values = new List<string>();
        while (true)
        {
            var value = Token();
            if (value is "," or ")") values.Add("");
            else values.Add(Checked(value));
            var next = value is "," or ")" ? value : Token();
            if (next == ")") return values;
            if (next != ",") throw Refuse.BadRequest($"unable to parse requirement: found '{next}', expected: ',' or ')'");
        }
    }

    private string Token()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        if (_at == _text.Length) return "";
        var start = _at++;
        if (IsSymbol(_text[start]))
        {
            if (_text[start] is '=' or '!' && _at < _text.Length && _text[_at] == '=') _at++;
            return _text[start.._at].ToString();
        }

        while (_at < _text.Length && !IsSymbol(_text[_at]) && !char.IsWhiteSpace(_text[_at])) _at++;
        return _text[start.._at].ToString();
    }

    private static bool IsSymbol(char one) => one is '=' or '!' or '(' or ')' or ',' or '<' or '>';
}
