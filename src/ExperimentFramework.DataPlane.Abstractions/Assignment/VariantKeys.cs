namespace ExperimentFramework.DataPlane;

/// <summary>The variant keys that have a meaning of their own.</summary>
public static class VariantKeys
{
    /// <summary>The variant that every other one is compared with, and that is served if nothing else can be: <c>control</c>.</summary>
    public const string Control = "control";
}
