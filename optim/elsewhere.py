"""Names that users of PyTorch and scipy look for, and what to use for them here."""

from __future__ import annotations

HERE = {
    "LBFGS": "use nn.fit(…, optimizer='l-bfgs'), or optim.minimize(…, method='l-bfgs')",
    "Adadelta": "use optim.Adam",
    "Adamax": "use optim.Adam",
    "NAdam": "use optim.Adam",
    "RAdam": "use optim.Adam, with optim.WarmUp",
    "ASGD": "use optim.SGD",
    "lr_scheduler": "schedules are in optim itself, such as optim.StepLR",
    "LRScheduler": "use optim.Schedule",
    "MultiStepLR": "use optim.LambdaLR",
    "OneCycleLR": "use optim.WarmUp(…, then=optim.CosineAnnealingLR(…))",
    "CosineAnnealingWarmRestarts": "use optim.CosineAnnealingLR",
    "clip_grad_norm_": "use optim.clip_gradient_norm",
    "clip_grad_value_": "use optim.clip_gradient_value",
    "fmin": "use optim.minimize",
    "fmin_bfgs": "use optim.bfgs",
    "fmin_l_bfgs_b": "use optim.l_bfgs(f, x0, bounds=…)",
    "fmin_cg": "use optim.conjugate_gradient",
    "fmin_ncg": "use optim.newton_cg",
    "fmin_tnc": "use optim.newton_cg(f, x0, bounds=…)",
    "minimize_scalar": "use optim.minimize, from a start",
    "Bounds": "give optim.minimize(…, bounds=[(low, high), …])",
    "leastsq": "use optim.least_squares",
    "curve_fit": "use optim.least_squares of the residuals",
    "root": "use optim.least_squares of the equations, or optim.newton for a stationary point",
    "OptimizeResult": "use optim.Result",
}
"""By the name in `torch.optim` and its schedulers, in `torch.nn.utils`, or in `scipy.optimize`."""
