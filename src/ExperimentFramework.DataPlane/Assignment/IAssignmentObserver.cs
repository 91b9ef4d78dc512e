namespace ExperimentFramework.DataPlane;

/// <summary>Is told what assignments tell beside the decision itself. Never throws, never waits.</summary>
internal interface IAssignmentObserver
{
    /// <summary>The selector gave an answer that it has not given lately.</summary>
    void OnSelected(VariantSelection selection);

    /// <summary>A subject's variant is another than it was.</summary>
    void OnAssignmentChanged(in Subject subject, string previousVariantKey, Decision decision, string reason);
}
