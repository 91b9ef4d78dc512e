namespace ExperimentFramework.DataPlane;

/// <summary>
/// Selects the variant of a call. Called at each decision, from many threads concurrently. An implementation that returns
/// cached <see cref="VariantSelection"/> instances allocates nothing.
/// </summary>
public interface IVariantSelector
{
    /// <summary>Selects the variant.</summary>
    /// <param name="context">The experiment and the subject.</param>
    /// <returns>
    /// The selected variant. If it does not exist, or if the selector throws, control is served with the reason
    /// <see cref="SelectionReasons.UnknownVariant"/> or <see cref="SelectionReasons.SelectorError"/>.
    /// </returns>
    VariantSelection Select(in SelectionContext context);
}
