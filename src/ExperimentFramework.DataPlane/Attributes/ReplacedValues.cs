using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts the attribute values that were replaced with the name of their type, because events cannot carry them.</summary>
internal sealed class ReplacedValues : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _replaced;
    private long _total;

    public ReplacedValues(IMeterFactory? meterFactory = null)
    {
        var options = new MeterOptions("ExperimentFramework.DataPlane");
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _replaced = _meter.CreateCounter<long>(
            "dataplane.values.replaced", "{value}", "The number of attribute values replaced with the name of their type, because events cannot carry them.");
    }

    public long Total => Interlocked.Read(ref _total);

    public void Count(string experiment, int values)
    {
        Interlocked.Add(ref _total, values);
        try
        {
            _replaced.Add(values, new KeyValuePair<string, object?>("experiment", experiment));
        }
        catch (Exception)
        {
            // A listener runs on the counting thread, which may be a caller's, so its exceptions must not escape.
        }
    }

    public void Dispose() => _meter.Dispose();
}
