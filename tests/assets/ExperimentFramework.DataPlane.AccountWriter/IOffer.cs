namespace ExperimentFramework.DataPlane.AccountWriter;

/// <summary>A service with everything that accounts count: sampling, repeats, outcomes and fallbacks.</summary>
[ExposureLogged("offer", Semantics = ExposureSemantics.OnFirstUse, SamplingRate = 0.5, RecordOutcomes = true, FallbackToControl = true)]
public interface IOffer
{
    string Show([ExposureSubject] string visitor);
}

internal sealed class ListOffer : IOffer
{
    public string Show(string visitor) => "list";
}

internal sealed class SaleOffer : IOffer
{
    private int _calls;

    public string Show(string visitor) => ++_calls % 10 == 0 ? throw new InvalidOperationException("sold out") : "sale";
}
