namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>How a member is called on a variant.</summary>
internal static class VariantExpression
{
    /// <summary>The expression, seen as the interface that declares the member.</summary>
    public static string Through(string cast, string expression) => cast.Length == 0 ? expression : $"(({cast}){expression})";
}
