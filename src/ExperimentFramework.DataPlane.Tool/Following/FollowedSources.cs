using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Follows several sources at once, files and topics.</summary>
/// <param name="sources">The events that arrive at each source.</param>
/// <param name="seen">The events that were read before: they are left out.</param>
internal sealed class FollowedSources(IReadOnlyList<IAsyncEnumerable<DataPlaneEnvelope>> sources, SeenEvents seen)
{
    /// <summary>Requires that all sources can be followed.</summary>
    /// <exception cref="CommandException">One cannot.</exception>
    public static void Require(IReadOnlyList<SourceFile> found)
    {
        if (found.FirstOrDefault(static source => source.Remote is { CanFollow: false }) is { } source)
        {
            throw new CommandException($"'{source.Path}' cannot be followed: rows have no order of arrival. Follow the topic or the files that the same events are written to.");
        }
    }

    /// <summary>Follows what was read until now.</summary>
    /// <param name="console">The clock, and the environment.</param>
    /// <param name="names">The sources, as they were named.</param>
    /// <param name="found">What was found of them, before it was read.</param>
    /// <param name="seen">What was read.</param>
    /// <param name="onFault">Receives what cannot be read.</param>
    /// <param name="cancellationToken">Ends following.</param>
    public static FollowedSources Of(
        ToolConsole console, IReadOnlyList<string> names, IReadOnlyList<SourceFile> found, SeenEvents seen, Action<SourceFault> onFault, CancellationToken cancellationToken)
    {
        var sources = found.Where(static source => source.Remote is not null).Select(source => source.Remote!.FollowAsync(console, onFault, cancellationToken)).ToList();
        string[] local = [.. names.Where(static name => SourceFiles.RemoteOf(name) is null)];
        if (local.Length > 0)
        {
            var files = new FollowedFiles(console, local, onFault);
            files.Skip(found);
            sources.Add(files.ReadAsync(cancellationToken).Select(static read => read.Envelope));
        }

        return new FollowedSources(sources, seen);
    }

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
                if (seen.Add(envelope))
                {
                    yield return envelope;
                }
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
