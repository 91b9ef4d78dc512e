namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Names that nobody else uses.</summary>
internal static class UniqueName
{
    /// <summary>The wanted name, or it with the first number that makes it free; taken from then on.</summary>
    public static string Create(string wanted, ICollection<string> taken)
    {
        var name = wanted;
        for (var number = 1; taken.Contains(name); number++)
        {
            name = wanted + number;
        }

        taken.Add(name);
        return name;
    }
}
