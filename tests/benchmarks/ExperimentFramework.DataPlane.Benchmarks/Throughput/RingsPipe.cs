using ExperimentFramework.DataPlane.Benchmarks.Peers;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>A ring for each producer, and a reader that goes round: no order between threads, no waiting but spinning.</summary>
internal sealed class RingsPipe(int producers) : RecordPipe
{
    private readonly RecordRing[] _rings = [.. Enumerable.Range(0, producers).Select(_ => new RecordRing(Room / producers))];
    private volatile bool _isComplete;
    private long _read;

    public override long Read => _read;

    public override void Write(int producer, string subject)
    {
        var record = new RingRecord { Experiment = this, Variant = this, Subject = subject, Timestamp = Now };
        var spin = default(SpinWait);
        while (!_rings[producer].TryWrite(record))
        {
            spin.SpinOnce();
        }
    }

    public override void ReadAll()
    {
        var spin = default(SpinWait);
        while (true)
        {
            var isLast = _isComplete;
            var before = _read;
            foreach (var ring in _rings)
            {
                while (ring.TryRead(out _))
                {
                    _read++;
                }
            }

            if (_read != before)
            {
                spin.Reset();
            }
            else if (isLast)
            {
                return;
            }
            else
            {
                spin.SpinOnce();
            }
        }
    }

    public override void Complete() => _isComplete = true;
}
