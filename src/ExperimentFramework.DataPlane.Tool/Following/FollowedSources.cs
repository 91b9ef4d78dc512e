using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Follows several sources at once, files and topics.</summary>
/// <param name="sources">The events that arrive at each source.</param>
/// <param name="seen">The events that were read before: they are left out.</param>
internal sealed class FollowedSources(IReadOnlyList<IAsyncEnumerable<DataPlaneEnvelope>> sources, SeenEvents seen)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>Requires that all sources can be followed.</summary>
    /// <exception cref="CommandException">One cannot.</exception>
    public static void Require(IReadOnlyList<SourceFile> found)
    {
        if (found.FirstOrDefault(static source => source.Remote is { CanFollow: false }) is { } source)
        {
            throw new CommandException($"'{source.Path}' cannot be followed: rows have no order of arrival. Follow the topic or the files that the same events are written to.");
        }
    }

    /// <summary>Follows what was read until now. A server that cannot be reached is asked again every five seconds.</summary>
    /// <param name="console">The clock, and the environment.</param>
    /// <param name="read">The sources as they were named, and what was found of them before it was read.</param>
    /// <param name="seen">What was read.</param>
    /// <param name="ends">Where reading of files with plain lines ended, by path.</param>
    /// <param name="following">Receives what cannot be read, and which servers cannot be reached.</param>
    /// <param name="cancellationToken">Ends following.</param>
    public static FollowedSources Of(
        ToolConsole console,
        (IReadOnlyList<string> Names, IReadOnlyList<SourceFile> Found) read,
        SeenEvents seen,
        IReadOnlyDictionary<string, (long Lines, long Bytes)> ends,
        (Action<SourceFault> OnFault, Outages Outages) following,
        CancellationToken cancellationToken)
    {
        var onFault = following.OnFault;
        var sources = read.Found.Where(static source => source.Remote is not null).Select(source => FollowAsync(console, source.Remote!, onFault, following.Outages, cancellationToken)).ToList();
        string[] local = [.. read.Names.Where(static name => SourceFiles.RemoteOf(name) is null)];
        if (local.Length > 0)
        {
            var files = new FollowedFiles(console, local, onFault);
            files.Skip(read.Found, ends);
            sources.Add(files.ReadAsync(cancellationToken).Select(static line => line.Envelope));
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

    private static async IAsyncEnumerable<DataPlaneEnvelope> FollowAsync(
        ToolConsole console, RemoteSource remote, Action<SourceFault> onFault, Outages outages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var events = remote.FollowAsync(console, onFault, () => outages.End(remote.Name), cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events))
            {
                yield return events.Current;
            }

            await Task.Delay(RetryInterval, console.Time, cancellationToken);
        }

        async ValueTask<bool> NextAsync(IAsyncEnumerator<DataPlaneEnvelope> events)
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (CommandException exception)
            {
                if (outages.TryBegin(remote.Name, console.Time.GetUtcNow()))
                {
                    onFault(new SourceFault(remote.Name, null, null, $"{exception.Message} What is written to '{remote.Name}' meanwhile is read when it can be reached again, unless it has been deleted by then."));
                }

                return false;
            }
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
