using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The events of a source, each once. Beyond 25 million events some duplicates remain.</summary>
/// <param name="source">The source.</param>
/// <param name="keepsDuplicates">Whether events that were delivered again are kept.</param>
internal sealed class ConvertedEvents(EventSource source, bool keepsDuplicates)
{
    private readonly SeenEvents _seen = new();

    /// <summary>How many events were left out because they had been read before.</summary>
    public long LeftOut { get; private set; }

    public async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            if (keepsDuplicates || _seen.Add(read.Envelope))
            {
                yield return read.Envelope;
            }
            else
            {
                LeftOut++;
            }
        }
    }
}
