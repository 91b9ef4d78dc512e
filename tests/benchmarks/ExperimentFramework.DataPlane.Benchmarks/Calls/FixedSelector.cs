namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Always gives the same answer.</summary>
public sealed class FixedSelector : IVariantSelector
{
    private readonly VariantSelection _selection = new("other", "fixed");

    public VariantSelection Select(in SelectionContext context) => _selection;
}
