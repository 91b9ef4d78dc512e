namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Writes the expression on which a member is called.</summary>
internal static class VariantExpression
{
    /// <summary>Returns the expression, cast to the interface that declares the member if necessary.</summary>
    public static string Through(string cast, string expression) => cast.Length == 0 ? expression : $"(({cast}){expression})";
}
