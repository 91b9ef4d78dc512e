namespace ExperimentFramework.DataPlane;

/// <summary>Receives notifications about assignments other than the decision. Never throws or blocks.</summary>
internal interface IAssignmentObserver
{
    /// <summary>Called when the selector returns a selection that it has not returned recently.</summary>
    void OnSelected(VariantSelection selection);

    /// <summary>Called when a subject's variant has changed.</summary>
    void OnAssignmentChanged(in Subject subject, string previousVariantKey, Decision decision, string reason);
}
