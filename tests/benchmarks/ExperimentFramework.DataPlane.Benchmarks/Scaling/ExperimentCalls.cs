using ExperimentFramework.DataPlane.Benchmarks.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Scaling;

/// <summary>Calls of one experiment after the other, out of many.</summary>
internal sealed class ExperimentCalls : CallPath
{
    private readonly CheckoutHost _host;
    private readonly ICheckout[] _checkouts;
    private readonly Subjects _subjects = new();
    private int _next;

    public ExperimentCalls(int experiments)
    {
        string[] names = [.. Enumerable.Range(0, experiments).Select(i => $"checkout-{i}")];
        _host = new CheckoutHost(trial => trial.Using(new FixedSelector()), named: names);
        _checkouts = [.. names.Select(name => _host.Services.GetRequiredKeyedService<ICheckout>(name))];
    }

    public override int Burst()
    {
        var total = 0;
        foreach (var user in _subjects.NextBurst())
        {
            total += _checkouts[_next].Total(user);
            _next = _next + 1 == _checkouts.Length ? 0 : _next + 1;
        }

        return total;
    }

    public override void Drain() => _host.Drain();

    public override void Dispose()
    {
        base.Dispose();
        _host.Dispose();
    }
}
