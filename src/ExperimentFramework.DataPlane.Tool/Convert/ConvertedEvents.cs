using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The events of a source, each once. Beyond 25 million events some duplicates remain.</summary>
/// <param name="events">The events.</param>
/// <param name="keepsDuplicates">Whether events that were delivered again are kept.</param>
internal sealed class ConvertedEvents(IAsyncEnumerable<SourceEvent> events, bool keepsDuplicates)
{
    private readonly SeenEvents _seen = new();

    /// <summary>How many events were left out because they had been read before.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Whether there were too many events to keep the id of each: duplicates may have been written.</summary>
    public bool MayHaveDuplicates => !keepsDuplicates && !_seen.IsExact;

    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in events.WithCancellation(cancellationToken))
        {
            if (keepsDuplicates || _seen.Add(read.Envelope))
            {
                yield return read;
            }
            else
            {
                LeftOut++;
            }
        }
    }
}
