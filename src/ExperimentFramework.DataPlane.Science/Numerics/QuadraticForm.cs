namespace ExperimentFramework.DataPlane.Science;

/// <summary>Quadratic forms with the inverse of a covariance matrix that may be singular.</summary>
internal static class QuadraticForm
{
    /// <summary>A pivot below this share of the largest variance is treated as 0.</summary>
    private const double RelativeTolerance = 1e-11;

    /// <summary>Computes d' C^- d by Gaussian elimination with the largest remaining variance as pivot, and the rank of C.</summary>
    public static (double Form, int Rank) Evaluate(ReadOnlySpan<double> deviations, double[,] covariance)
    {
        var size = deviations.Length;
        var matrix = (double[,])covariance.Clone();
        var right = deviations.ToArray();
        var isDone = new bool[size];
        var largest = 0.0;
        for (var index = 0; index < size; index++)
        {
            largest = Math.Max(largest, matrix[index, index]);
        }

        var form = 0.0;
        var rank = 0;
        while (true)
        {
            var pivot = -1;
            for (var index = 0; index < size; index++)
            {
                if (!isDone[index] && (pivot < 0 || matrix[index, index] > matrix[pivot, pivot]))
                {
                    pivot = index;
                }
            }

            if (pivot < 0 || !(matrix[pivot, pivot] > largest * RelativeTolerance))
            {
                return (form, rank);
            }

            // Each elimination step removes one square from the form.
            isDone[pivot] = true;
            rank++;
            form += right[pivot] * right[pivot] / matrix[pivot, pivot];
            for (var row = 0; row < size; row++)
            {
                if (isDone[row])
                {
                    continue;
                }

                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                right[row] -= factor * right[pivot];
                for (var column = 0; column < size; column++)
                {
                    if (!isDone[column])
                    {
                        matrix[row, column] -= factor * matrix[pivot, column];
                    }
                }
            }
        }
    }
}
