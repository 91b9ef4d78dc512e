using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>One view and its clients. Tracks when each part last changed, so that a client gets only what is new to it. The update that most clients need is encoded once.</summary>
internal sealed class LiveView(ViewSource source)
{
    /// <summary>The id of the element whose changes are read aloud.</summary>
    public const string AnnouncementId = "announce";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly string _epoch = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private Dictionary<string, (string Content, long ChangedAt)> _parts = [];
    private RenderedView _rendered = RenderedView.Missing;
    private string _structure = string.Empty;
    private string? _content;
    private long _structureChangedAt;
    private DateTimeOffset _time;
    private long _sequence;
    private byte[] _latest = [];
    private TaskCompletionSource _next = New();

    public ViewSource Source => source;

    /// <summary>The number of clients; changed under the lock of <see cref="LiveUpdates"/>.</summary>
    public int Clients { get; set; }

    /// <summary>The number of updates since the last client left. A page that reconnects gets only what it missed.</summary>
    public int UpdatesWithoutClients { get; set; }

    /// <summary>The latest rendering, which may still be running; used only by the worker of <see cref="LiveUpdates"/>.</summary>
    public Task Rendering { get; set; } = Task.CompletedTask;

    /// <summary>Whether the latest rendering failed.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Sets the latest rendering.</summary>
    public void Set(RenderedView rendered, DateTimeOffset now)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            _sequence++;
            _time = now;
            var structure = StructureHash.Of(rendered.Structure);
            _structureChangedAt = structure == _structure ? _structureChangedAt : _sequence;
            _structure = structure;
            (_rendered, _content) = (rendered, null);
            Dictionary<string, (string, long)> parts = new(rendered.Parts.Count, StringComparer.Ordinal);
            foreach (var (id, html) in rendered.Parts)
            {
                var content = html.ToString();
                parts[id] = _parts.TryGetValue(id, out var before) && before.Content == content ? before : (content, _sequence);
            }

            _parts = parts;
            _latest = Encode(_sequence - 1, _structureChangedAt == _sequence);
            (reached, _next) = (_next, New());
        }

        reached.TrySetResult();
    }

    /// <summary>Returns the position of a client that reconnects. Any other client has just loaded the page, so it waits for the next rendering and gets all of it.</summary>
    /// <param name="lastEventId">The id of the last update that it received; null if there was none.</param>
    /// <param name="structure">The structure of the page when it first connected; null if it is not specified.</param>
    public LivePosition Enter(string? lastEventId, string? structure)
    {
        var parts = lastEventId?.Split('-');
        lock (_gate)
        {
            return parts is [var epoch, var number] && epoch == _epoch && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence <= _sequence
                ? new LivePosition(sequence, sequence, null)
                : new LivePosition(_sequence, 0, structure);
        }
    }

    /// <summary>Waits for the next update.</summary>
    /// <param name="position">The position of the client.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The update as a server-sent event, and the client's new position.</returns>
    public async ValueTask<(byte[] Update, LivePosition Position)> NextAsync(LivePosition position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_sequence > position.Sequence)
                {
                    var isCurrent = position.Structure is { } structure ? structure == _structure : position.Seen == 0 || position.Seen >= _structureChangedAt;
                    return (position.Seen == _sequence - 1 && position.Seen > 0 ? _latest : Encode(position.Seen, !isCurrent), new LivePosition(_sequence, _sequence, null));
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private byte[] Encode(long seen, bool withContent)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {_epoch}-{_sequence}\ndata: "), buffer);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("time", _time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("structure", _structure);
            if (_rendered.IsMissing)
            {
                json.WriteBoolean("missing", true);
            }
            else if (withContent)
            {
                json.WriteString("content", _content ??= _rendered.Content().ToString());
            }

            json.WriteStartObject("parts");
            foreach (var (id, part) in _parts)
            {
                // The other parts are included in the content.
                if (withContent ? id == AnnouncementId : part.ChangedAt > seen)
                {
                    json.WriteString(id, part.Content);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The position of a client in the updates of a view.</summary>
/// <param name="Sequence">The number of the update after which the next one is sent.</param>
/// <param name="Seen">The number of the update up to which the client has all parts; 0 if it has none.</param>
/// <param name="Structure">The structure of the client's page; null if it is the structure of the last update that it has seen.</param>
internal readonly record struct LivePosition(long Sequence, long Seen, string? Structure);
