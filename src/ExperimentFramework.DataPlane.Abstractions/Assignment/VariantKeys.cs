namespace ExperimentFramework.DataPlane;

/// <summary>The predefined variant keys.</summary>
public static class VariantKeys
{
    /// <summary>The baseline that the other variants are compared with, and the default if no other variant can be served: <c>control</c>.</summary>
    public const string Control = "control";
}
