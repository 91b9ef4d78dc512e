using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Follows several sources at once, files and topics.</summary>
/// <param name="sources">The events that arrive at each source.</param>
internal sealed class FollowedSources(IReadOnlyList<IAsyncEnumerable<DataPlaneEnvelope>> sources)
{
    /// <summary>Reads the events of all sources as they arrive, until it is canceled or a source fails.</summary>
    public async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrived = Channel.CreateBounded<DataPlaneEnvelope>(capacity: 1);
        Task[] followers = [.. sources.Select(source => PassOnAsync(source, arrived.Writer, end.Token))];
        try
        {
            await foreach (var envelope in arrived.Reader.ReadAllAsync(cancellationToken))
            {
                yield return envelope;
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(followers);
        }
    }

    private static async Task PassOnAsync(IAsyncEnumerable<DataPlaneEnvelope> source, ChannelWriter<DataPlaneEnvelope> arrived, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var envelope in source.WithCancellation(cancellationToken))
            {
                await arrived.WriteAsync(envelope, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            // Whoever reads receives it.
            arrived.TryComplete(exception);
        }
    }
}
