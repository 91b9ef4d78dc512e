using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>How a destination misbehaves.</summary>
public enum Fault
{
    Slow,
    ThrowsOnce,
    ThrowsForAMinute,
    ThrowsForEver,
    Hangs,
    FailsOnePoisonEvent,
    FailsAfterPartialSuccess,
}

/// <summary>A destination that keeps what it takes, and misbehaves in one way, on virtual time.</summary>
internal sealed class FaultyBackplane(Fault fault, TimeProvider time) : BatchBackplane
{
    public const string Poison = "poison";

    private readonly DateTimeOffset _begin = time.GetUtcNow();
    private readonly ConcurrentQueue<DataPlaneEnvelope> _taken = new();
    private readonly TaskCompletionSource _never = new();
    private int _calls;

    /// <summary>Whether the destination has been mended.</summary>
    public bool IsMended { get; set; }

    public IReadOnlyCollection<DataPlaneEnvelope> Taken => _taken;

    public int Calls => Volatile.Read(ref _calls);

    public override async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        var call = Interlocked.Increment(ref _calls);
        if (IsMended)
        {
            return Take(envelopes, envelopes.Count);
        }

        switch (fault)
        {
            case Fault.Slow:
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
                return Take(envelopes, envelopes.Count);
            case Fault.ThrowsOnce when call == 1:
            case Fault.ThrowsForAMinute when time.GetUtcNow() - _begin < TimeSpan.FromMinutes(1):
            case Fault.ThrowsForEver:
                throw new IOException("down");
            case Fault.Hangs:
                // Whatever the token says.
                await _never.Task;
                break;
            case Fault.FailsOnePoisonEvent when envelopes.Any(IsPoison):
                throw new FormatException("cannot be read");
            case Fault.FailsAfterPartialSuccess when call % 3 == 1:
                Take(envelopes, envelopes.Count / 2);
                throw new IOException("connection reset");
        }

        return Take(envelopes, envelopes.Count);
    }

    private static bool IsPoison(DataPlaneEnvelope envelope) => envelope.Payload is ExposureEvent { SubjectId: Poison };

    private BatchResult Take(IReadOnlyList<DataPlaneEnvelope> envelopes, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _taken.Enqueue(envelopes[i]);
        }

        return BatchResult.Delivered;
    }
}
