using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Following;

/// <summary>A server that goes away after its first event, twice, then for a moment, and has another event when it is there again.</summary>
/// <param name="countOutages">Says how many outages are known.</param>
internal sealed class FailingServer(Func<int> countOutages) : RemoteSource
{
    private int _connections;

    public override string Name => "test://server";

    public override SourceFormat Format => SourceFormat.Kafka;

    public override string EmptyQuestion => "";

    public override bool CanFollow => true;

    /// <summary>How many outages were known when it was asked each time, and after it answered without an event.</summary>
    public List<int> OutagesSeen { get; } = [];

    public override IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(ToolConsole console, Action<SourceFault> report, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async IAsyncEnumerable<DataPlaneEnvelope> FollowAsync(ToolConsole console, Action<SourceFault> report, Action onReached, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _connections++;
        OutagesSeen.Add(countOutages());
        await Task.Yield();
        if (_connections == 1)
        {
            onReached();
            yield return SampleStream.Few[0];
        }

        if (_connections == 4)
        {
            onReached();
            OutagesSeen.Add(countOutages());
        }

        if (_connections < 5)
        {
            throw new CommandException("The server is away.");
        }

        onReached();
        yield return SampleStream.Few[1];
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
