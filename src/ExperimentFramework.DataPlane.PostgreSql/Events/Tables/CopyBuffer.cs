using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Rows in PostgreSQL's binary COPY format, in one buffer that is reused: a whole batch is encoded before the server is asked, so nothing is half-written if
/// a value cannot be encoded. NUL characters and unpaired surrogates, which PostgreSQL cannot store as text, become U+FFFD. The buffer is not pooled, because a
/// destination may be disposed while the last call still sends it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The writer holds no handle, and its memory is this buffer's.")]
internal sealed class CopyBuffer : IBufferWriter<byte>
{
    private const int InitialSize = 64 * 1024;

    /// <summary>A larger buffer is released after use, so that one unusually large batch does not occupy its memory forever.</summary>
    private const int MaxKept = 8 << 20;

    private const int NullLength = -1;
    private const byte JsonbVersion = 1;
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1_000;

    /// <summary>The day that PostgreSQL counts its timestamps from, in microseconds of .NET's calendar.</summary>
    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TicksPerMicrosecond;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json;
    private byte[] _bytes = new byte[InitialSize];
    private int _written;
    private int _lengthAt;

    public CopyBuffer() => _json = new Utf8JsonWriter(this, JsonOptions);

    /// <summary>The bytes to send to the server; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>Writes the header that comes before all rows.</summary>
    public void Begin()
    {
        _written = 0;
        if (_bytes.Length > MaxKept)
        {
            _bytes = new byte[InitialSize];
        }

        // The signature, no flags, no extension.
        Write("PGCOPY\n"u8);
        Write([0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>Writes the trailer after the last row. Without it, the server would accept a batch that was cut off between two rows as complete.</summary>
    public void End() => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);

    public void BeginRow(int columns) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), (short)columns);

    public void Null() => WriteLength(NullLength);

    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            value = value.Replace('\0', '\ufffd');
        }

        var target = GetSpan(sizeof(int) + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, target[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(target, length);
        Advance(sizeof(int) + length);
    }

    /// <summary>Writes text that every event has by its type. Code without nullable annotations can publish an event that has none.</summary>
    /// <exception cref="EventRejectedException">The value is null.</exception>
    public void RequiredText(string? value, string column) => Text(value ?? throw SafeText.Own(new EventRejectedException(
        $"PostgreSQL cannot store the event: its value for the column '{column}' is null, and every event of its type has one.")));

    public void Uuid(Guid? value)
    {
        if (value is not { } id)
        {
            Null();
            return;
        }

        WriteLength(16);
        id.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    /// <summary>Writes a time in whole microseconds; the seventh digit is truncated, also before the epoch.</summary>
    public void Time(DateTimeOffset value)
    {
        WriteLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), (value.UtcTicks / TicksPerMicrosecond) - Epoch);
    }

    public void Number(double? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        WriteLength(sizeof(double));
        BinaryPrimitives.WriteDoubleBigEndian(Take(sizeof(double)), number);
    }

    public void Seconds(TimeSpan? value) => Number(value?.TotalSeconds);

    public void Integer(long value)
    {
        WriteLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
    }

    public void Boolean(bool value)
    {
        WriteLength(1);
        Take(1)[0] = value ? (byte)1 : (byte)0;
    }

    /// <summary>Begins a value of type <c>jsonb</c>, which is written to the result and ended by <see cref="EndJson"/>.</summary>
    public Utf8JsonWriter BeginJson()
    {
        _lengthAt = _written;
        WriteLength(0);
        Take(1)[0] = JsonbVersion;
        _json.Reset();
        return _json;
    }

    public void EndJson()
    {
        _json.Flush();
        ReplaceNul(_bytes.AsSpan(_lengthAt + sizeof(int) + 1, _written - _lengthAt - sizeof(int) - 1));
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_lengthAt), _written - _lengthAt - sizeof(int));
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>Replaces escaped NUL characters, which the type <c>jsonb</c> refuses.</summary>
    private static void ReplaceNul(Span<byte> json)
    {
        if (json.IndexOf("\\u0000"u8) < 0)
        {
            return;
        }

        for (var i = 0; i < json.Length - 5; i++)
        {
            if (json[i] != (byte)'\\')
            {
                continue;
            }

            if (json[i..].StartsWith("\\u0000"u8))
            {
                "\\ufffd"u8.CopyTo(json[i..]);
            }

            // The character after a backslash does not begin another escape.
            i++;
        }
    }

    private void WriteLength(int length) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), length);

    private void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int count)
    {
        var span = GetSpan(count)[..count];
        _written += count;
        return span;
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 1);
        if (_bytes.Length - _written >= size)
        {
            return;
        }

        Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _written + size)));
    }
}
