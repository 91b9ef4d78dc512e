using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Reads JSON forward and tracks its location: every error names the field by its path, its position in bytes, and what was expected.
/// It never quotes a value, which may be personal data.
/// </summary>
internal ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly RepeatedJson? _repeated;
    private Utf8JsonReader _json;

    /// <summary>The enclosing object or array, and the location of the cursor in it. Kept in parts, because only an error needs the path as text.</summary>
    private JsonPlace _place;
    private string? _name;
    private int _index;

    /// <summary>Initializes a cursor before the first token.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="repeated">Values shared with earlier events of the same reader; null if it reads only one.</param>
    public JsonCursor(ReadOnlySpan<byte> utf8, RepeatedJson? repeated = null)
    {
        _utf8 = utf8;
        _repeated = repeated;
        _json = new Utf8JsonReader(utf8);
        _place = JsonPlace.Root;
        _name = "";
    }

    /// <summary>The members of an object or array that have been read.</summary>
    internal struct Members
    {
        public JsonPlace Place;
        public HashSet<string>? Names;
        public int Index;
    }

    /// <summary>The path of the current field, for example <c>payload.samplingRate</c>; empty for the root.</summary>
    public readonly string Path => _place.PathOf(_name, _index);

    public readonly JsonTokenType TokenType => _json.TokenType;

    /// <summary>Moves to the first token.</summary>
    public void Start()
    {
        Read();
        if (TokenType != JsonTokenType.StartObject)
        {
            throw Unexpected("an object");
        }
    }

    /// <summary>Verifies that nothing follows.</summary>
    public void End()
    {
        MoveTo(JsonPlace.Root, "");
        Read();
    }

    /// <summary>Enters the object at the cursor.</summary>
    public readonly Members Enter() => TokenType == JsonTokenType.StartObject
        ? new Members { Place = Here, Names = _repeated?.RentNames() ?? new HashSet<string>(StringComparer.Ordinal) }
        : throw Unexpected("an object");

    /// <summary>Enters the array at the cursor.</summary>
    public readonly Members EnterArray() => TokenType == JsonTokenType.StartArray ? new Members { Place = Here } : throw Unexpected("an array");

    /// <summary>Moves to the value of the next member. The previous value must have been read or skipped.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool Next(ref Members members, out string name)
    {
        MoveTo(members.Place.Parent, members.Place.Name, members.Place.Index);
        Read();
        if (TokenType == JsonTokenType.EndObject)
        {
            _repeated?.ReturnNames(members.Names!);
            members.Names = null;
            name = "";
            return false;
        }

        name = Text();
        MoveTo(members.Place, name);
        if (!members.Names!.Add(name))
        {
            throw Invalid("appears twice", "it once");
        }

        Read();
        return true;
    }

    /// <summary>Moves to the next element.</summary>
    /// <returns>False at the end of the array.</returns>
    public bool NextItem(ref Members members)
    {
        MoveTo(members.Place, name: null, members.Index++);
        Read();
        if (TokenType != JsonTokenType.EndArray)
        {
            return true;
        }

        MoveTo(members.Place.Parent, members.Place.Name, members.Place.Index);
        return false;
    }

    /// <summary>Skips the value.</summary>
    public void Skip()
    {
        try
        {
            _json.Skip();
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    /// <summary>Reads a string; null if the value is null.</summary>
    public string? OptionalText() => TokenType == JsonTokenType.Null ? null : Text();

    public readonly string Text()
    {
        if (TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw Unexpected("a string");
        }

        if (_repeated is null || _json.ValueIsEscaped)
        {
            return Decoded();
        }

        if (_repeated.Find(_json.ValueSpan) is not { } text)
        {
            text = Decoded();
            _repeated.Keep(_json.ValueSpan, text);
        }

        return text;
    }

    public readonly bool Boolean() => TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Unexpected("true or false"),
    };

    /// <summary>Reads a double. NaN and the infinities, for which JSON has no numbers, are strings.</summary>
    public readonly double Double()
    {
        const string expected = "a number in the range of a double, or \"NaN\", \"Infinity\" or \"-Infinity\"";
        if (TokenType == JsonTokenType.String)
        {
            return Text() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => throw Invalid("is another string", expected),
            };
        }

        return TokenType != JsonTokenType.Number ? throw Unexpected(expected)
            : _json.TryGetDouble(out var number) && double.IsFinite(number) ? number
            : throw Invalid("is out of range", expected);
    }

    public readonly decimal Decimal() => TokenType != JsonTokenType.Number ? throw Unexpected("a number")
        : _json.TryGetDecimal(out var number) ? number
        : throw Invalid("is out of range", "a number in the range of a decimal");

    /// <summary>Reads a number: a long without fraction and exponent, a decimal if it is whole and too large for a long but fits, else a double.</summary>
    public readonly object Number() =>
        _json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') ? Double()
        : _json.TryGetInt64(out var integer) ? integer
        : _json.TryGetDecimal(out var number) ? number
        : Double();

    /// <summary>Reads a whole number.</summary>
    public readonly long Integer() => TokenType != JsonTokenType.Number ? throw Unexpected("a whole number")
        : _json.TryGetInt64(out var number) ? number
        : throw Invalid("is a fraction or out of range", "a whole number of 64 bits");

    public readonly Guid Uuid() => TokenType != JsonTokenType.String ? throw Unexpected("a UUID as a string")
        : (_json.ValueIsEscaped ? Decoded().Length : _json.ValueSpan.Length) > 0 && _json.TryGetGuid(out var id) ? id
        : throw Invalid("is another string", "a UUID");

    /// <summary>Reads a time, which must have an offset: without one, it would be another time on another machine.</summary>
    public readonly DateTimeOffset Time()
    {
        const string expected = "an ISO 8601 time with Z or an offset";
        return TokenType != JsonTokenType.String ? throw Unexpected(expected)
            : HasOffset() && _json.TryGetDateTimeOffset(out var time) ? time
            : throw Invalid("is another string", expected);
    }

    /// <summary>Reads seconds as a time span, with a precision of 100 nanoseconds.</summary>
    public readonly TimeSpan Seconds()
    {
        const decimal longest = long.MaxValue / (decimal)TimeSpan.TicksPerSecond;
        var seconds = Decimal();
        return Math.Abs(seconds) <= longest
            ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : throw Invalid("is out of range", $"seconds up to {longest}");
    }

    /// <summary>Reads a value of an enumeration. An unknown name gives an undefined value, and the text is kept.</summary>
    public readonly TEnum Value<TEnum>(string field, ref Dictionary<string, string>? unknown)
        where TEnum : struct, Enum
    {
        var text = Text();
        if (EnumText<TEnum>.TryParse(text, out var value))
        {
            return value;
        }

        (unknown ??= new Dictionary<string, string>(StringComparer.Ordinal))[field] = text;
        return EnumText<TEnum>.Unknown;
    }

    /// <summary>Returns the JSON of the value and skips it.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = (int)_json.TokenStartIndex;
        Skip();
        return _utf8[start..(int)_json.BytesConsumed];
    }

    /// <summary>Creates the error for a value of another type.</summary>
    public readonly JsonException Unexpected(string expected) => Invalid(TokenType switch
    {
        JsonTokenType.StartObject => "is an object",
        JsonTokenType.StartArray => "is an array",
        JsonTokenType.String => "is a string",
        JsonTokenType.Number => "is a number",
        JsonTokenType.True => "is true",
        JsonTokenType.False => "is false",
        JsonTokenType.Null => "is null",
        _ => "is missing",
    }, expected);

    /// <summary>Creates the error for a missing member.</summary>
    public readonly JsonException Missing(string name) =>
        CreateError(Here.PathOf(name, item: 0), "is missing", "expected a value, because every event of this type has one", _json.TokenStartIndex);

    /// <summary>Creates the error for an invalid value.</summary>
    public readonly JsonException Invalid(string found, string expected) => CreateError(Path, found, $"expected {expected}", _json.TokenStartIndex);

    /// <summary>The value at the cursor, as the location of the values inside it.</summary>
    private readonly JsonPlace Here => new(_place, _name, _index);

    private void MoveTo(JsonPlace place, string? name, int index = 0)
    {
        _place = place;
        _name = name;
        _index = index;
    }

    private void Read()
    {
        try
        {
            _json.Read();
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    private readonly JsonException Malformed(JsonException exception) =>
        CreateError(Path, "is not valid JSON", exception.Message.TrimEnd('.'), _json.BytesConsumed);

    private readonly JsonException CreateError(string path, string found, string detail, long position)
    {
        var before = _utf8[..(int)Math.Min(position, _utf8.Length)];
        var line = before.Count((byte)'\n');
        var column = before.Length - 1 - before.LastIndexOf((byte)'\n');
        return new JsonException(
            $"{(path.Length == 0 ? "The envelope" : path)} at byte {position} {found}; {detail}.", "$" + (path.Length == 0 ? "" : "." + path), line, column);
    }

    private readonly string Decoded()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid("contains invalid UTF-8 or an unpaired surrogate", "valid text");
        }
    }

    private readonly bool HasOffset()
    {
        var time = _json.ValueIsEscaped ? Encoding.UTF8.GetBytes(Decoded()) : _json.ValueSpan;
        var clock = time.IndexOf((byte)'T');
        return clock >= 0 && time[clock..].ContainsAny((byte)'Z', (byte)'+', (byte)'-');
    }
}
