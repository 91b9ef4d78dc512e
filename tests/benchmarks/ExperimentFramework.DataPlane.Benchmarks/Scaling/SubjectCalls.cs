using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Scaling;

/// <summary>Calls for one subject after the other, out of many; their ids are new texts each time, as requests bring them.</summary>
internal sealed class SubjectCalls : CallPath
{
    private readonly CheckoutHost _host = new(trial => trial.Using(new FixedSelector()));
    private readonly ICheckout _checkout;
    private readonly int _subjects;
    private readonly string[] _burst = new string[BurstSize];
    private int _next;

    public SubjectCalls(int subjects)
    {
        _checkout = _host.Get<ICheckout>();
        _subjects = subjects;
        for (var seen = 0; seen < subjects; seen += BurstSize)
        {
            Drain();
            Burst();
        }

        Drain();
    }

    public override int Burst()
    {
        var total = 0;
        foreach (var user in _burst)
        {
            total += _checkout.Total(user);
        }

        return total;
    }

    public override void Drain()
    {
        _host.Drain();
        for (var i = 0; i < BurstSize; i++)
        {
            _burst[i] = $"user-{_next}";
            _next = _next + 1 == _subjects ? 0 : _next + 1;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _host.Dispose();
    }
}
