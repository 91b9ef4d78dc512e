using System.Buffers;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Sorts events by their <see cref="EventOrder"/>, in bounded memory: what does not fit is written in sorted runs to one temporary file, from which the runs are merged. The file is as large as the events are in
/// JSON. Only its owner can read it, and it is gone with the process, however that ends.
/// </summary>
/// <param name="maxBytes">How many bytes of JSON are sorted in memory.</param>
internal sealed class TimeSort(int maxBytes = TimeSort.DefaultMaxBytes) : IDisposable
{
    private const int DefaultMaxBytes = 64 * 1024 * 1024;
    private const int FileBufferBytes = 1 << 16;

    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly List<SortedEvent> _events = [];
    private readonly List<(long Start, long End)> _runs = [];
    private readonly DataPlaneJsonWriter _writer = new();
    private FileStream? _file;

    /// <summary>Reads events to their end, and returns them sorted. Their places in files are not kept.</summary>
    /// <exception cref="CommandException">The temporary file cannot be written.</exception>
    public async IAsyncEnumerable<SourceEvent> SortAsync(IAsyncEnumerable<SourceEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in events.WithCancellation(cancellationToken))
        {
            var json = read.Json.IsEmpty ? _writer.Write(read.Envelope) : read.Json;
            _events.Add(new SortedEvent(EventOrder.Of(read.Envelope), _json.WrittenCount, json.Length));
            _json.Write(json.Span);
            if (_json.WrittenCount >= maxBytes)
            {
                WriteRun();
            }
        }

        _events.Sort();
        var repeated = new RepeatedJson();
        var runs = new PriorityQueue<SortedRun, SortedEvent>();
        foreach (var (start, end) in _runs)
        {
            Enqueue(new SortedRun(_file!.SafeFileHandle, start, end));
        }

        var next = 0;
        while (next < _events.Count || runs.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next < _events.Count && (!runs.TryPeek(out _, out var first) || _events[next].CompareTo(first) <= 0))
            {
                var inMemory = _events[next++];
                yield return Read(_json.WrittenMemory.Slice(inMemory.Offset, inMemory.Length));
            }
            else
            {
                var run = runs.Dequeue();
                yield return Read(run.Json);
                Enqueue(run);
            }
        }

        void Enqueue(SortedRun run)
        {
            if (run.MoveNext())
            {
                runs.Enqueue(run, run.Current);
            }
        }

        SourceEvent Read(ReadOnlyMemory<byte> json) => new(DataPlaneJson.Deserialize(json.Span, repeated), "", 0, json);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _file?.Dispose();
    }

    private void WriteRun()
    {
        _events.Sort();
        try
        {
            _file ??= Create();
            var start = _file.Position;
            foreach (var sorted in _events)
            {
                SortedRun.Write(_file, sorted, _json.WrittenSpan.Slice(sorted.Offset, sorted.Length));
            }

            _file.Flush();
            _runs.Add((start, _file.Position));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"Events that are not in the order of their times are sorted through a temporary file in '{Path.GetTempPath()}', which could not be written: {exception.Message} Make room, or name another folder in the environment variable TMPDIR (TMP on Windows).",
                exception);
        }

        _events.Clear();
        _json.ResetWrittenCount();
    }

    private static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = FileBufferBytes,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        if (!OperatingSystem.IsWindows())
        {
            // Without a name it is freed with its last handle, also that of a process that was killed.
            File.Delete(file.Name);
        }

        return file;
    }
}
