using System.Collections.Concurrent;
using System.Globalization;
using ExperimentFramework.DataPlane;

/// <summary>Has the full name of the destination of the process that writes, so that it gets that one's events, and works.</summary>
internal sealed class DownBackplane : AcceptingBackplane
{
    private readonly SemaphoreSlim _arrivals = new(0);

    public ConcurrentQueue<(long Number, Guid EventId)> Arrived { get; } = new();

    /// <summary>Ends when so many events have arrived.</summary>
    public async Task Reached(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            await _arrivals.WaitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        Arrived.Enqueue((long.Parse(((ExposureEvent)envelope.Payload).SubjectId!, CultureInfo.InvariantCulture), envelope.EventId));
        _arrivals.Release();
        return ValueTask.CompletedTask;
    }
}
