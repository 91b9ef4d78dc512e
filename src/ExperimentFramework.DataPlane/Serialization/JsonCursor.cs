using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Reads a JSON text forwards and knows where it is: every complaint names the field by its path, its place in bytes, and what was expected.
/// It never quotes a value, which may be personal.
/// </summary>
internal ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _utf8;
    private Utf8JsonReader _json;

    /// <summary>The object or array that the cursor is in, and where in it the cursor is: a path in pieces, because only a complaint needs its text.</summary>
    private JsonPlace _place;
    private string? _name;
    private int _index;

    /// <summary>Starts before the first token.</summary>
    public JsonCursor(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8;
        _json = new Utf8JsonReader(utf8);
        _place = JsonPlace.Root;
        _name = "";
    }

    /// <summary>The members of one object or array that have been met.</summary>
    internal struct Members
    {
        public JsonPlace Place;
        public HashSet<string>? Names;
        public int Index;
    }

    /// <summary>The field that is being read, for example <c>payload.samplingRate</c>; empty for the whole text.</summary>
    public readonly string Path => _place.PathOf(_name, _index);

    public readonly JsonTokenType TokenType => _json.TokenType;

    /// <summary>Goes to the first token.</summary>
    public void Start()
    {
        Read();
        if (TokenType != JsonTokenType.StartObject)
        {
            throw Unexpected("an object");
        }
    }

    /// <summary>Makes sure that nothing follows.</summary>
    public void End()
    {
        MoveTo(JsonPlace.Root, "");
        Read();
    }

    /// <summary>Enters the object that the cursor stands at.</summary>
    public readonly Members Enter() => TokenType == JsonTokenType.StartObject
        ? new Members { Place = Here, Names = new HashSet<string>(StringComparer.Ordinal) }
        : throw Unexpected("an object");

    /// <summary>Enters the array that the cursor stands at.</summary>
    public readonly Members EnterArray() => TokenType == JsonTokenType.StartArray ? new Members { Place = Here } : throw Unexpected("an array");

    /// <summary>Goes to the value of the next member; each has been read or skipped before the next.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool Next(ref Members members, out string name)
    {
        MoveTo(members.Place.Parent, members.Place.Name, members.Place.Index);
        Read();
        if (TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        name = Text();
        MoveTo(members.Place, name);
        if (!members.Names!.Add(name))
        {
            throw Fault("appears twice", "one");
        }

        Read();
        return true;
    }

    /// <summary>Goes to the next item.</summary>
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

    /// <summary>Passes over the value.</summary>
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

    public readonly string Text()
    {
        if (TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw Unexpected("text");
        }

        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault("is text with invalid UTF-8 or half a surrogate pair", "valid text");
        }
    }

    public readonly bool Boolean() => TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Unexpected("true or false"),
    };

    /// <summary>A double; the three that JSON has no numbers for are text.</summary>
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
                _ => throw Fault("is other text", expected),
            };
        }

        return TokenType != JsonTokenType.Number ? throw Unexpected(expected)
            : _json.TryGetDouble(out var number) && double.IsFinite(number) ? number
            : throw Fault("is out of range", expected);
    }

    public readonly decimal Decimal() => TokenType != JsonTokenType.Number ? throw Unexpected("a number")
        : _json.TryGetDecimal(out var number) ? number
        : throw Fault("is out of range", "a number in the range of a decimal");

    /// <summary>A long without fraction and exponent, else a double; a whole number too large for a long a decimal where it fits.</summary>
    public readonly object Number() =>
        _json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') ? Double()
        : _json.TryGetInt64(out var integer) ? integer
        : _json.TryGetDecimal(out var number) ? number
        : Double();

    public readonly Guid Uuid() => TokenType != JsonTokenType.String ? throw Unexpected("a UUID as text")
        : Text().Length > 0 && _json.TryGetGuid(out var id) ? id
        : throw Fault("is other text", "a UUID");

    /// <summary>A time that says its offset: without one it would be another time on another machine.</summary>
    public readonly DateTimeOffset Time()
    {
        const string expected = "an ISO 8601 time with Z or an offset";
        return TokenType != JsonTokenType.String ? throw Unexpected(expected)
            : HasOffset(Text()) && _json.TryGetDateTimeOffset(out var time) ? time
            : throw Fault("is other text", expected);
    }

    /// <summary>Seconds as a time span, to a tenth of a microsecond.</summary>
    public readonly TimeSpan Seconds()
    {
        const decimal longest = long.MaxValue / (decimal)TimeSpan.TicksPerSecond;
        var seconds = Decimal();
        return Math.Abs(seconds) <= longest
            ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : throw Fault("is out of range", $"seconds up to {longest}");
    }

    /// <summary>A value of an enumeration; an undefined one for a name that is not known, with the text kept.</summary>
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

    /// <summary>The JSON text of the value, which is passed over.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = (int)_json.TokenStartIndex;
        Skip();
        return _utf8[start..(int)_json.BytesConsumed];
    }

    /// <summary>The complaint about a value of another kind.</summary>
    public readonly JsonException Unexpected(string expected) => Fault(TokenType switch
    {
        JsonTokenType.StartObject => "is an object",
        JsonTokenType.StartArray => "is an array",
        JsonTokenType.String => "is text",
        JsonTokenType.Number => "is a number",
        JsonTokenType.True => "is true",
        JsonTokenType.False => "is false",
        JsonTokenType.Null => "is null",
        _ => "is missing",
    }, expected);

    /// <summary>The complaint about a member that is not there.</summary>
    public readonly JsonException Missing(string name) =>
        Complaint(Here.PathOf(name, item: 0), "is missing", "every event of this type has it", _json.TokenStartIndex);

    /// <summary>A complaint about the value.</summary>
    public readonly JsonException Fault(string found, string expected) => Complaint(Path, found, expected, _json.TokenStartIndex);

    /// <summary>The value that the cursor is at, as the place of what is inside it.</summary>
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
        Complaint(Path, "is not JSON", exception.Message, _json.BytesConsumed);

    private readonly JsonException Complaint(string path, string found, string expected, long position)
    {
        var before = _utf8[..(int)Math.Min(position, _utf8.Length)];
        var line = before.Count((byte)'\n');
        var column = before.Length - 1 - before.LastIndexOf((byte)'\n');
        return new JsonException(
            $"{(path.Length == 0 ? "The envelope" : path)}, at byte {position}, {found}; expected: {expected}.", "$" + (path.Length == 0 ? "" : "." + path), line, column);
    }

    private static bool HasOffset(ReadOnlySpan<char> time)
    {
        var clock = time.IndexOf('T');
        return clock >= 0 && time[clock..].ContainsAny('Z', '+', '-');
    }
}
