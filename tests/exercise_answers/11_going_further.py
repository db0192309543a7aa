"""Answers to exercise 11, as learners write them."""

import contextlib
import math

import numpy as np
from scipy import ndimage, special


def momentum_one_line(params, velocity, gradient, rate, beta):
    return params + beta * velocity - rate * gradient, beta * velocity - rate * gradient


def momentum_loop(params, velocity, gradient, rate, beta):
    new_params, new_velocity = [], []
    for p, v, g in zip(params, velocity, gradient):  # noqa: B905
        v = beta * v - rate * g
        new_velocity.append(v)
        new_params.append(p + v)
    return np.array(new_params), np.array(new_velocity)


def momentum_on_copies(params, velocity, gradient, rate, beta):
    params, velocity = params.copy(), velocity.copy()
    velocity *= beta
    velocity -= rate * gradient
    params += velocity
    return [params, velocity]


def momentum_float32(params, velocity, gradient, rate, beta):
    v = np.float32(beta) * velocity.astype(np.float32) - np.float32(rate) * gradient.astype(np.float32)
    return params.astype(np.float32) + v, v


def momentum_prints(params, velocity, gradient, rate, beta):
    velocity = velocity * beta + gradient * -rate
    print("velocity", velocity)
    return velocity + params, velocity


def momentum_uphill(params, velocity, gradient, rate, beta):
    velocity = beta * velocity + rate * gradient
    return params + velocity, velocity


def momentum_other_sign(params, velocity, gradient, rate, beta):
    velocity = beta * velocity + rate * gradient
    return params - velocity, velocity


def momentum_in_place(params, velocity, gradient, rate, beta):
    velocity *= beta
    velocity -= rate * gradient
    params += velocity
    return params, velocity


def momentum_params_in_place(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    params += velocity
    return params, velocity


def momentum_params_only(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return params + velocity


def momentum_old_velocity_returned(params, velocity, gradient, rate, beta):
    return params + beta * velocity - rate * gradient, velocity


def momentum_old_velocity_moves(params, velocity, gradient, rate, beta):
    return params + velocity, beta * velocity - rate * gradient


def momentum_of_pytorch(params, velocity, gradient, rate, beta):
    velocity = beta * velocity + gradient
    return params - rate * velocity, velocity


def momentum_rate_twice(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return params + rate * velocity, velocity


def momentum_mean(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - (1 - beta) * rate * gradient
    return params + velocity, velocity


def momentum_unbraked(params, velocity, gradient, rate, beta):
    velocity = velocity - rate * gradient
    return params + velocity, velocity


def momentum_forgets(params, velocity, gradient, rate, beta):
    return params - rate * gradient, -rate * gradient


def momentum_exchanged(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return velocity, params + velocity


def momentum_stacked(params, velocity, gradient, rate, beta):
    return np.array(momentum_one_line(params, velocity, gradient, rate, beta))


def momentum_fixed_beta(params, velocity, gradient, rate, beta):
    velocity = 0.9 * velocity - rate * gradient
    return params + velocity, velocity


def momentum_lists(params, velocity, gradient, rate, beta):
    new = momentum_loop(params, velocity, gradient, rate, beta)
    return new[0].tolist(), new[1].tolist()


def momentum_remembers():
    kept = {}

    def momentum_that_remembers(params, velocity, gradient, rate, beta):
        """Keep the velocity itself, and not look at the one that is given."""
        old = kept.get(len(params), np.zeros(len(params)))
        kept[len(params)] = beta * old - rate * gradient
        return params + kept[len(params)], kept[len(params)]

    return momentum_that_remembers


def momentum_of_two(params, velocity, gradient, rate, beta):
    new = np.array([beta * velocity[i] - rate * gradient[i] for i in range(2)])
    return np.array([params[0] + new[0], params[1] + new[1]]), new


def momentum_nothing(params, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    params = params + velocity


def adam_by_the_paper(params, mean, mean_square, gradient, step, rate):
    b1, b2, eps = 0.9, 0.999, 1e-8
    m = b1 * mean + (1 - b1) * gradient
    v = b2 * mean_square + (1 - b2) * np.square(gradient)
    m_hat = m / (1 - b1**step)
    v_hat = v / (1 - b2**step)
    return params - rate * m_hat / (v_hat**0.5 + eps), m, v


def adam_efficient(params, mean, mean_square, gradient, step, rate):
    """The paper's form with both corrections in the rate; the tiny number is added to the uncorrected root."""
    m = mean + 0.1 * (gradient - mean)
    v = mean_square + 0.001 * (gradient * gradient - mean_square)
    rate_now = rate * math.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    return params - rate_now * m / (np.sqrt(v) + 1e-8), m, v


def adam_loop(params, mean, mean_square, gradient, step, rate):
    new = []
    for p, m, v, g in zip(params, mean, mean_square, gradient):  # noqa: B905
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        p = p - rate * (m / (1 - 0.9**step)) / (math.sqrt(v / (1 - 0.999**step)) + 1e-8)
        new.append((p, m, v))
    return tuple(np.array(new).T)


def adam_on_copies(params, mean, mean_square, gradient, step, rate):
    params, mean, mean_square = params.copy(), mean.copy(), mean_square.copy()
    mean *= 0.9
    mean += 0.1 * gradient
    mean_square *= 0.999
    mean_square += 0.001 * gradient**2
    scale = np.sqrt(mean_square)
    scale /= np.sqrt(1 - 0.999**step)
    scale += 1e-8
    params -= rate / (1 - 0.9**step) * mean / scale
    return [params, mean, mean_square]


def adam_float32(params, mean, mean_square, gradient, step, rate):
    return adam_by_the_paper(*(a.astype(np.float32) for a in (params, mean, mean_square, gradient)), step, rate)


def adam_without(*, m=True, v=True, shift=0):
    def function(params, mean, mean_square, gradient, step, rate):
        mean = 0.9 * mean + 0.1 * gradient
        mean_square = 0.999 * mean_square + 0.001 * gradient**2
        m_hat = mean / (1 - 0.9 ** (step + shift)) if m else mean
        v_hat = mean_square / (1 - 0.999 ** (step + shift)) if v else mean_square
        return params - rate * m_hat / (np.sqrt(v_hat) + 1e-8), mean, mean_square

    return function


def adam_step_from_zero(params, mean, mean_square, gradient, step, rate):
    return adam_without(shift=-1)(params, mean, mean_square, gradient, step, rate)


def adam_step_plus_one(params, mean, mean_square, gradient, step, rate):
    step += 1
    return adam_without()(params, mean, mean_square, gradient, step, rate)


def adam_no_correction(params, mean, mean_square, gradient, step, rate):
    return adam_without(m=False, v=False)(params, mean, mean_square, gradient, step, rate)


def adam_mean_uncorrected(params, mean, mean_square, gradient, step, rate):
    return adam_without(m=False)(params, mean, mean_square, gradient, step, rate)


def adam_square_uncorrected(params, mean, mean_square, gradient, step, rate):
    return adam_without(v=False)(params, mean, mean_square, gradient, step, rate)


def adam_moves(change):
    """Return a wrong `adam_step`, which changes the parameters otherwise; `change` takes the two corrected means."""

    def function(params, mean, mean_square, gradient, step, rate):
        mean = 0.9 * mean + 0.1 * gradient
        mean_square = 0.999 * mean_square + 0.001 * gradient**2
        return (
            change(params, mean / (1 - 0.9**step), mean_square / (1 - 0.999**step), gradient, rate),
            mean,
            mean_square,
        )

    return function


def adam_stores_corrected(params, mean, mean_square, gradient, step, rate):
    mean = (0.9 * mean + 0.1 * gradient) / (1 - 0.9**step)
    mean_square = (0.999 * mean_square + 0.001 * gradient**2) / (1 - 0.999**step)
    return params - rate * mean / (np.sqrt(mean_square) + 1e-8), mean, mean_square


def adam_in_place(params, mean, mean_square, gradient, step, rate):
    mean *= 0.9
    mean += 0.1 * gradient
    mean_square *= 0.999
    mean_square += 0.001 * gradient**2
    m, v = mean / (1 - 0.9**step), mean_square / (1 - 0.999**step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_params_only(params, mean, mean_square, gradient, step, rate):
    return adam_by_the_paper(params, mean, mean_square, gradient, step, rate)[0]


def adam_order(params, mean, mean_square, gradient, step, rate):
    params, mean, mean_square = adam_by_the_paper(params, mean, mean_square, gradient, step, rate)
    return params, mean_square, mean


def adam_params_last(params, mean, mean_square, gradient, step, rate):
    params, mean, mean_square = adam_by_the_paper(params, mean, mean_square, gradient, step, rate)
    return mean, mean_square, params


def adam_betas_exchanged(params, mean, mean_square, gradient, step, rate):
    mean = 0.999 * mean + 0.001 * gradient
    mean_square = 0.9 * mean_square + 0.1 * gradient**2
    m, v = mean / (1 - 0.999**step), mean_square / (1 - 0.9**step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_gradient_not_squared(params, mean, mean_square, gradient, step, rate):
    mean = 0.9 * mean + 0.1 * gradient
    mean_square = 0.999 * mean_square + 0.001 * gradient
    m, v = mean / (1 - 0.9**step), mean_square / (1 - 0.999**step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_square_of_mean(params, mean, mean_square, gradient, step, rate):
    mean = 0.9 * mean + 0.1 * gradient
    mean_square = 0.999 * mean_square + 0.001 * mean**2
    m, v = mean / (1 - 0.9**step), mean_square / (1 - 0.999**step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_adds_in_full(params, mean, mean_square, gradient, step, rate):
    mean = 0.9 * mean + gradient
    mean_square = 0.999 * mean_square + gradient**2
    m, v = mean / (1 - 0.9**step), mean_square / (1 - 0.999**step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_product_for_power(params, mean, mean_square, gradient, step, rate):
    mean = 0.9 * mean + 0.1 * gradient
    mean_square = 0.999 * mean_square + 0.001 * gradient**2
    m, v = mean / (1 - 0.9 * step), mean_square / (1 - 0.999 * step)
    return params - rate * m / (np.sqrt(v) + 1e-8), mean, mean_square


def adam_first_correction_always(params, mean, mean_square, gradient, step, rate):
    """Forgets the step, and corrects as if it were the first."""
    mean = 0.9 * mean + 0.1 * gradient
    mean_square = 0.999 * mean_square + 0.001 * gradient**2
    return params - rate * (mean / 0.1) / (np.sqrt(mean_square / 0.001) + 1e-8), mean, mean_square


def adam_counts_itself():
    counted = [0]

    def adam_that_counts(params, mean, mean_square, gradient, step, rate):
        """Count the calls, in place of the steps that are given."""
        counted[0] += 1
        return adam_by_the_paper(params, mean, mean_square, gradient, counted[0], rate)

    return adam_that_counts


def adam_sign_only(params, mean, mean_square, gradient, step, rate):
    _, mean, mean_square = adam_by_the_paper(params, mean, mean_square, gradient, step, rate)
    return params - rate * np.sign(gradient), mean, mean_square


def adam_nan_mended(params, mean, mean_square, gradient, step, rate):
    """Without the tiny number, but with the NaN set to 0: too far off where gradients are tiny."""
    mean = 0.9 * mean + 0.1 * gradient
    mean_square = 0.999 * mean_square + 0.001 * gradient**2
    m, v = mean / (1 - 0.9**step), mean_square / (1 - 0.999**step)
    return params - rate * np.nan_to_num(m / np.sqrt(v)), mean, mean_square


def softmax_of_scipy(z):
    return special.softmax(z, axis=1)


def softmax_rows(z):
    rows = []
    for row in z:
        powers = np.exp(row - max(row))
        rows.append(powers / sum(powers))
    return np.array(rows)


def softmax_by_logarithm(z):
    return np.exp(z - special.logsumexp(z, axis=1, keepdims=True))


def softmax_transposed(z):
    """`.T` in place of `keepdims`."""
    powers = np.exp((z.T - z.max(axis=1)).T)
    return (powers.T / powers.sum(axis=1)).T


def softmax_float32(z):
    z = z.astype(np.float32)
    powers = np.exp(z - z.max(axis=-1)[:, np.newaxis])
    return powers / powers.sum(axis=-1)[:, np.newaxis]


def softmax_by_differences(z):
    """One over the sum of the quotients: a power that is too large for a float gives 1 / infinity, which is 0."""
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[:, np.newaxis, :] - z[:, :, np.newaxis]).sum(axis=2)


def softmax_twice_the_largest(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True) - 1.0)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_naive(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def softmax_whole(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def softmax_naive_whole(z):
    return np.exp(z) / np.sum(np.exp(z))


def softmax_columns(z):
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)


def softmax_whole_largest(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_without_keepdims(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


def softmax_naive_without_keepdims(z):
    return np.exp(z) / np.exp(z).sum(axis=1)


def softmax_smallest(z):
    powers = np.exp(z - z.min(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_sigmoids(z):
    return special.expit(z)


def softmax_undivided(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


def softmax_log(z):
    return special.log_softmax(z, axis=1)


def softmax_hard(z):
    return np.eye(z.shape[1])[z.argmax(axis=1)]


def softmax_turned(z):
    return special.softmax(-z, axis=1)


def softmax_in_place(z):
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def softmax_cut(z):
    powers = np.exp(np.clip(z, -500, 500))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_nan_mended(z):
    return np.nan_to_num(softmax_naive(z))


def softmax_one_row(z):
    powers = np.exp(z[0] - z[0].max())
    return (powers / powers.sum()).reshape(1, -1)


def softmax_of_three(z):
    a, b, c = (z - z.max(axis=1, keepdims=True)).T
    total = np.exp(a) + np.exp(b) + np.exp(c)
    return np.column_stack([np.exp(a), np.exp(b), np.exp(c)]) / total[:, np.newaxis]


def softmax_lists(z):
    return softmax_rows(z).tolist()


def dropout_mask(a, chance, rate):
    mask = (chance >= rate).astype(float)
    return a * mask / (1 - rate)


def dropout_copy(a, chance, rate):
    result = a.copy()
    result[chance < rate] = 0
    result /= 1 - rate
    return result


def dropout_loop(a, chance, rate):
    result = np.zeros(a.shape)
    for i in range(len(a)):
        for j in range(a.shape[1]):
            if chance[i, j] >= rate:
                result[i, j] = a[i, j] / (1 - rate)
    return result


def dropout_float32(a, chance, rate):
    return np.where(chance < rate, 0, a).astype(np.float32) * np.float32(1 / (1 - rate))


def dropout_undivided(a, chance, rate):
    return np.where(chance < rate, 0, a)


def dropout_by_rate(a, chance, rate):
    return np.where(chance < rate, 0, a / rate)


def dropout_multiplied(a, chance, rate):
    return a * (chance >= rate) * (1 - rate)


def dropout_inverted(a, chance, rate):
    return a * (chance < rate) / (1 - rate)


def dropout_inverted_consistently(a, chance, rate):
    return a * (chance < rate) / rate


def dropout_columns(a, chance, rate):
    return a * (chance[0] >= rate) / (1 - rate)


def dropout_rows(a, chance, rate):
    return a * (chance[:, :1] >= rate) / (1 - rate)


def dropout_happened(a, chance, rate):
    mask = chance >= rate
    return a * mask / mask.mean()


def dropout_at_most(a, chance, rate):
    return a * (chance > rate) / (1 - rate)


def dropout_in_place(a, chance, rate):
    a[chance < rate] = 0
    return a / (1 - rate)


def dropout_own_chance(a, chance, rate):
    return a * (np.random.default_rng().random(a.shape) >= rate) / (1 - rate)


def dropout_fixed_rate(a, chance, rate):
    return a * (chance >= 0.5) / 0.5


def dropout_mask_only(a, chance, rate):
    return chance >= rate


def dropout_left_out(a, chance, rate):
    return a[chance >= rate] / (1 - rate)


def turn_vectorised(image, angle):
    y, x = np.mgrid[:28, :28] - 13.5
    rows = np.floor(np.cos(angle) * y - np.sin(angle) * x + 13.5 + 0.5).astype(int)
    columns = np.floor(np.cos(angle) * x + np.sin(angle) * y + 13.5 + 0.5).astype(int)
    outside = (rows < 0) | (rows > 27) | (columns < 0) | (columns > 27)
    rows[outside] = columns[outside] = 0
    return np.where(outside, 0, image[rows, columns])


def turn_padded(image, angle):
    """With so much paper around it that no place lies outside."""
    padded = np.pad(image, 10)
    result = np.zeros((28, 28))
    cos, sin = math.cos(-angle), math.sin(-angle)
    for row in range(28):
        for column in range(28):
            x, y = column - 13.5, row - 13.5
            result[row, column] = padded[round(sin * x + cos * y + 23.5), round(cos * x - sin * y + 23.5)]
    return result


def turn_matrix(image, angle):
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = np.indices((28, 28))[::-1].reshape(2, -1) - 13.5
    column, row = np.round(back @ places + 13.5).astype(int)
    result = np.zeros(784)
    for k in range(784):
        if row[k] in range(28) and column[k] in range(28):
            result[k] = image[row[k], column[k]]
    return result.reshape(28, 28)


def turn_scipy(image, angle):
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])  # rows first
    middle = np.array([13.5, 13.5])
    return ndimage.affine_transform(image, back, middle - back @ middle, order=0, mode="grid-constant")


def turn_try(image, angle):
    result = np.zeros((28, 28), dtype=np.float32)
    for i in range(28):
        for j in range(28):
            x, y = j - 13.5, i - 13.5
            r = int(np.rint(y * np.cos(angle) - x * np.sin(angle) + 13.5))
            c = int(np.rint(x * np.cos(angle) + y * np.sin(angle) + 13.5))
            if r < 0 or c < 0:
                continue
            with contextlib.suppress(IndexError):
                result[i, j] = image[r, c]
    return result


def turn_complex(image, angle):
    """A turn is a product of complex numbers."""
    rows, columns = np.indices((28, 28))
    places = ((columns - 13.5) + 1j * (rows - 13.5)) * np.exp(-1j * angle)
    r, c = np.rint(places.imag + 13.5).astype(int), np.rint(places.real + 13.5).astype(int)
    ok = (r == np.clip(r, 0, 27)) & (c == np.clip(c, 0, 27))
    return np.where(ok, image[np.clip(r, 0, 27), np.clip(c, 0, 27)], 0.0)


def places(angle, middle=13.5):
    rows, columns = np.indices((28, 28)) - middle
    return (
        np.cos(angle) * rows - np.sin(angle) * columns + middle,
        np.cos(angle) * columns + np.sin(angle) * rows + middle,
    )


def fetched(image, rows, columns):
    rows, columns = np.rint(rows).astype(int), np.rint(columns).astype(int)
    ok = (rows >= 0) & (rows < 28) & (columns >= 0) & (columns < 28)
    result = np.zeros((28, 28))
    result[ok] = image[rows[ok], columns[ok]]
    return result


def turn_forward(image, angle):
    result = np.zeros((28, 28))
    for i in range(28):
        for j in range(28):
            x, y = j - 13.5, i - 13.5
            row = round(np.sin(angle) * x + np.cos(angle) * y + 13.5)
            column = round(np.cos(angle) * x - np.sin(angle) * y + 13.5)
            if 0 <= row < 28 and 0 <= column < 28:
                result[row, column] = image[i, j]
    return result


def turn_forward_all_at_once(image, angle):
    rows, columns = (np.rint(a).astype(int) for a in places(-angle))
    ok = (rows >= 0) & (rows < 28) & (columns >= 0) & (columns < 28)
    result = np.zeros((28, 28))
    result[rows[ok], columns[ok]] = image[ok]
    return result


def turn_other_sense(image, angle):
    return fetched(image, *places(-angle))


def turn_rows_as_x(image, angle):
    """Takes the row for x and the column for y."""
    x, y = np.indices((28, 28)) - 13.5
    return fetched(image, np.cos(angle) * x + np.sin(angle) * y + 13.5, np.cos(angle) * y - np.sin(angle) * x + 13.5)


def turn_corner(image, angle):
    return fetched(image, *places(angle, 0))


def turn_fourteen(image, angle):
    return fetched(image, *places(angle, 14))


def turn_wraps(image, angle):
    result = np.zeros((28, 28))
    rows, columns = (np.rint(a).astype(int) for a in places(angle))
    for i in range(28):
        for j in range(28):
            if rows[i, j] < 28 and columns[i, j] < 28:
                result[i, j] = image[rows[i, j], columns[i, j]]
    return result


def turn_wraps_on_error(image, angle):
    result = np.zeros((28, 28))
    rows, columns = (np.rint(a).astype(int) for a in places(angle))
    for i in range(28):
        for j in range(28):
            try:
                result[i, j] = image[rows[i, j], columns[i, j]]
            except IndexError:
                result[i, j] = 0
    return result


def turn_no_edges(image, angle):
    result = np.zeros((28, 28))
    for i in range(28):
        for j in range(28):
            x, y = j - 13.5, i - 13.5
            column = round(np.cos(angle) * x + np.sin(angle) * y + 13.5)
            row = round(np.cos(angle) * y - np.sin(angle) * x + 13.5)
            result[i, j] = image[row, column]
    return result


def turn_edge(image, angle):
    rows, columns = (np.clip(np.rint(a).astype(int), 0, 27) for a in places(angle))
    return image[rows, columns]


def turn_cut(image, angle):
    rows, columns = (a.astype(int) for a in places(angle))
    return fetched(image, rows, columns)


def turn_int_of_half(image, angle):
    rows, columns = ((a + 0.5).astype(int) for a in places(angle))
    return fetched(image, rows, columns)


def turn_tested_first(image, angle):
    rows, columns = places(angle)
    inside = (rows >= 0) & (rows <= 27) & (columns >= 0) & (columns <= 27)
    return np.where(inside, fetched(image, rows, columns), 0)


def turn_columns_first(image, angle):
    return fetched(image, *places(angle)[::-1])


def turn_degrees(image, angle):
    return fetched(image, *places(np.deg2rad(angle)))


def turn_same_signs(image, angle):
    rows, columns = np.indices((28, 28)) - 13.5
    return fetched(
        image,
        np.cos(angle) * rows + np.sin(angle) * columns + 13.5,
        np.cos(angle) * columns + np.sin(angle) * rows + 13.5,
    )


def turn_mixed(image, angle):
    rows, columns = np.indices((28, 28)) - 13.5
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    at = np.tensordot(back, np.array([rows, columns]), 1) + 13.5
    return ndimage.map_coordinates(image, at, order=1, mode="grid-constant")


def turn_in_place(image, angle):
    image[:] = turn_vectorised(image.copy(), angle)
    return image


def turn_quarters(image, angle):
    """Right for quarter turns only."""
    return np.rot90(image, -round(2 * angle / np.pi))


def turn_not_at_all(image, angle):
    return image


def turn_flat(image, angle):
    return turn_vectorised(image, angle).ravel()


RIGHT = {
    "momentum_step": [momentum_one_line, momentum_loop, momentum_on_copies, momentum_float32, momentum_prints],
    "adam_step": [adam_by_the_paper, adam_efficient, adam_loop, adam_on_copies, adam_float32],
    "softmax": [
        softmax_of_scipy,
        softmax_rows,
        softmax_by_logarithm,
        softmax_transposed,
        softmax_float32,
        softmax_by_differences,
        softmax_twice_the_largest,
    ],
    "dropout": [dropout_mask, dropout_copy, dropout_loop, dropout_float32],
    "turn": [turn_vectorised, turn_padded, turn_matrix, turn_scipy, turn_try, turn_complex],
}
WRONG = {
    "momentum_step": [
        (momentum_uphill, "uphill"),
        (momentum_other_sign, "points the other way"),
        (momentum_in_place, "argument number 2 in place|argument number 1 in place"),
        (momentum_params_in_place, "argument number 1 in place"),
        (momentum_params_only, "velocity is not returned"),
        (momentum_old_velocity_returned, "is the old one"),
        (momentum_old_velocity_moves, "\\*old\\* velocity"),
        (momentum_of_pytorch, "other libraries"),
        (momentum_rate_twice, "rate counts twice"),
        (momentum_mean, "factor 1 − β"),
        (momentum_unbraked, "nothing brakes"),
        (momentum_forgets, "plain gradient descent"),
        (momentum_exchanged, "exchanged"),
        (momentum_stacked, "expected a tuple"),
        (momentum_fixed_beta, "differs"),
        (momentum_lists, "array of parameters is a list"),
        (momentum_remembers(), "differs"),
        (momentum_of_two, "shape is \\(2,\\)"),
        (momentum_nothing, "return"),
    ],
    "adam_step": [
        (adam_no_correction, "Both corrections are missing"),
        (adam_mean_uncorrected, "The mean is not corrected"),
        (adam_square_uncorrected, "The mean square is not corrected"),
        (adam_step_from_zero, "`step - 1`"),
        (adam_step_plus_one, "`step \\+ 1`"),
        (adam_first_correction_always, "every step were the first"),
        (adam_product_for_power, "product in place of a power"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m / (v + 1e-8)), "root is missing"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m / np.sqrt(v + 1e-8)), "inside the root"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m / np.sqrt(v)), "not added to the root"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m / np.sqrt(v) + 1e-8), "bracket missing"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m / (np.sqrt(v) + 1e-7)), "not 1e-8"),
        (adam_moves(lambda p, m, v, g, rate: p + rate * m / (np.sqrt(v) + 1e-8)), "uphill"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * g / (np.sqrt(v) + 1e-8)), "of this one batch"),
        (adam_moves(lambda p, m, v, g, rate: p - rate * m), "not divided by the root"),
        (adam_moves(lambda p, m, v, g, rate: p - m / (np.sqrt(v) + 1e-8)), "rate is missing"),
        (adam_stores_corrected, "corrected means are returned"),
        (adam_in_place, "in place"),
        (adam_params_only, "means are not returned"),
        (adam_order, "wrong order"),
        (adam_params_last, "parameters come last"),
        (adam_betas_exchanged, "betas are exchanged"),
        (adam_gradient_not_squared, "not squared"),
        (adam_square_of_mean, "that of the \\*mean\\*"),
        (adam_adds_in_full, "added in full"),
        (adam_counts_itself(), "right in|differs"),
        (adam_sign_only, "differs"),
        (adam_nan_mended, "not 1e-8"),
    ],
    "softmax": [
        (softmax_naive, "fits in no float"),
        (softmax_whole, "whole array adds up"),
        (softmax_naive_whole, "whole array adds up"),
        (softmax_columns, "columns add up"),
        (softmax_whole_largest, "\\*all\\* rows"),
        (softmax_without_keepdims, "keepdims"),
        (softmax_naive_without_keepdims, "keepdims"),
        (softmax_smallest, "\\*largest\\*"),
        (softmax_sigmoids, "These are sigmoids"),
        (softmax_undivided, "not divided by their sum"),
        (softmax_log, "logarithm"),
        (softmax_hard, "soft form"),
        (softmax_turned, "sign is turned"),
        (softmax_in_place, "in place"),
        (softmax_cut, "right in"),
        (softmax_nan_mended, "right in"),
        (softmax_one_row, "shape is"),
        (softmax_of_three, "Exactly 3|values to unpack"),
        (softmax_lists, "is a list"),
    ],
    "dropout": [
        (dropout_undivided, "not divided by 1 − rate"),
        (dropout_by_rate, "divided by the rate"),
        (dropout_multiplied, "\\*multiplied\\*"),
        (dropout_inverted, "mask is inverted"),
        (dropout_inverted_consistently, "mask is inverted"),
        (dropout_columns, "Whole columns"),
        (dropout_rows, "Whole rows"),
        (dropout_happened, "happened to stay"),
        (dropout_at_most, "not `<=`"),
        (dropout_in_place, "in place"),
        (dropout_own_chance, "differs|right in"),
        (dropout_fixed_rate, "right in"),
        (dropout_mask_only, "which units are on"),
        (dropout_left_out, "left out"),
    ],
    "turn": [
        (turn_forward, "holes"),
        (turn_forward_all_at_once, "holes"),
        (turn_other_sense, "other sense"),
        (turn_rows_as_x, "other sense"),
        (turn_corner, "about the corner"),
        (turn_fourteen, "13.5"),
        (turn_wraps, "at the other side"),
        (turn_wraps_on_error, "at the other side"),
        (turn_no_edges, "28 or more"),
        (turn_edge, "pixel at the edge"),
        (turn_cut, "cuts the fractions off"),
        (turn_int_of_half, "cuts towards 0"),
        (turn_tested_first, "\\*before\\* it is rounded"),
        (turn_columns_first, "Row and column are exchanged"),
        (turn_degrees, "for degrees"),
        (turn_same_signs, "same sign before the sine"),
        (turn_mixed, "mixes the pixels"),
        (turn_in_place, "in place"),
        (turn_quarters, "right in"),
        (turn_not_at_all, "not turned at all"),
        (turn_flat, "reshape"),
    ],
}
