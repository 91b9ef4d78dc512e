namespace ExperimentFramework.DataPlane;

/// <summary>
/// Picks the variant of a call. Called on every decision, from many threads at once; an implementation that answers
/// with the same <see cref="VariantSelection"/> instances again costs no allocation.
/// </summary>
public interface IVariantSelector
{
    /// <summary>Picks the variant.</summary>
    /// <param name="context">The experiment and the subject.</param>
    /// <returns>
    /// The answer. A variant that does not exist, and an exception, give control with the reasons
    /// <see cref="SelectionReasons.UnknownVariant"/> and <see cref="SelectionReasons.SelectorError"/>.
    /// </returns>
    VariantSelection Select(in SelectionContext context);
}
