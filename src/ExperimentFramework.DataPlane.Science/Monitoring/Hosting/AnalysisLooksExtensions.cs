namespace ExperimentFramework.DataPlane.Science;

/// <summary>Extension methods of <see cref="AnalysisLooks"/> for pages that show a read model.</summary>
public static class AnalysisLooksExtensions
{
    /// <summary>Whether looks at an experiment of a read model can be judged: events of it were seen, and the read model is not known to be that of another monitor, whose counts differ.</summary>
    /// <param name="looks">What judges the looks.</param>
    /// <param name="model">The read model whose numbers are shown.</param>
    /// <param name="experimentName">The experiment.</param>
    /// <returns>Whether <see cref="AnalysisLooks.LookAsync"/> may be called.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static bool Covers(this AnalysisLooks looks, IExperimentReadModel model, string experimentName)
    {
        ArgumentNullException.ThrowIfNull(looks);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(experimentName);
        return model switch
        {
            MonitorReadModel { Monitor: var shown } => looks.IsOf(shown),
            ProcessReadModel { Looks: var shown } => ReferenceEquals(shown, looks),
            _ => true,
        } && looks.CanJudge(experimentName);
    }
}
